import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { anchorJson, anchorOtlp, anchorSyslog, webhookSignature, type Anchor } from './anchor-message.ts'
import type { AnchorTarget } from './anchor-target.ts'

const TRIES = 3
const TIMEOUT_MS = 5_000
const FIRST_WAIT_MS = 200

export interface SendOptions {
  /** Signs webhooks. */
  secret: string | null
  sleep: (ms: number) => Promise<void>
}

/** How a target took a checkpoint; a failure is a value, because it never stops a session. */
export interface AnchorOutcome {
  target: string
  ok: boolean
  tries: number
  /** What went wrong last; empty where nothing did. */
  detail: string
}

/** Sends a checkpoint to one target, three times at most, with growing waits between. */
export async function sendAnchor(
  target: AnchorTarget,
  anchor: Anchor,
  options: SendOptions,
): Promise<AnchorOutcome> {
  let detail = ''
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      await send(target, anchor, options.secret)
      return { target: target.name, ok: true, tries, detail: '' }
    } catch (error) {
      detail = error instanceof Error ? error.message : String(error)
      if (tries < TRIES) await options.sleep(FIRST_WAIT_MS * 4 ** (tries - 1))
    }
  }
  return { target: target.name, ok: false, tries: TRIES, detail: detail.slice(0, 500) }
}

async function send(target: AnchorTarget, anchor: Anchor, secret: string | null): Promise<void> {
  if (target.kind === 'file') {
    mkdirSync(dirname(target.path), { recursive: true, mode: 0o700 })
    appendFileSync(target.path, `${anchorJson(anchor)}\n`, { mode: 0o600 })
    return
  }
  if (target.kind === 'syslog' || target.kind === 'syslog-local') {
    const message = anchorSyslog(anchor)
    // RFC 6587: the length of a message in octets stands before it.
    const framed = `${Buffer.byteLength(message)} ${message}`
    if (target.kind === 'syslog-local') return sendLocal(target.path, message, framed)
    const { transport, host, port } = target
    return transport === 'udp' ? sendDatagram(host, port, message) : sendStream({ host, port }, framed)
  }
  const body = target.kind === 'otlp' ? anchorOtlp(anchor) : anchorJson(anchor)
  const signature =
    target.kind === 'webhook' && secret !== null
      ? { 'cairn-signature': webhookSignature(secret, anchor.time, body) }
      : {}
  if (target.kind === 'webhook' && secret === null)
    throw new Error('a webhook needs CAIRN_ANCHOR_SECRET to be signed with')
  const response = await fetch(target.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
    // A redirect could carry it to where nobody meant it to go.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
}

async function sendDatagram(host: string, port: number, message: string): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) =>
      socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error))),
    )
  } finally {
    socket.close()
  }
}

async function sendStream(
  where: { host: string; port: number } | { path: string },
  message: string,
): Promise<void> {
  const socket = connect({ ...where, timeout: TIMEOUT_MS })
  socket.on('timeout', () => socket.destroy(new Error('no answer in time')))
  try {
    await once(socket, 'connect')
    socket.end(message)
    await once(socket, 'close')
  } finally {
    socket.destroy()
  }
}

/** The usual /dev/log takes datagrams, which Node cannot send to a path: the system's `logger` can. */
async function sendLocal(path: string, message: string, framed: string): Promise<void> {
  try {
    await sendStream({ path }, framed)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPROTOTYPE')) throw error
    const plain = message.replace(/^.*? checkpoint \[/u, '[')
    const args = ['--socket', path, '-d', '-p', 'auth.info', '-t', 'cairn', '--', plain]
    await new Promise<void>((resolve, reject) =>
      execFile('/usr/bin/logger', args, { timeout: TIMEOUT_MS }, (failed) =>
        failed === null ? resolve() : reject(failed),
      ),
    )
  }
}
