import { request as startRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutboundScanner } from '../secrets/find-encoded-secrets.ts'
import type { createAttempts, Opened, Refusal } from './attempt.ts'
import { canonicalHost, hostInAuthority, parseAuthority } from './canonical-host.ts'
import type { HostTarget } from './host-rules.ts'
import { relayBody, relayBytes } from './relay.ts'

type Attempts = ReturnType<typeof createAttempts>

/** Headers that end at a proxy (RFC 9110, 7.6.1). `upgrade` among them: no other protocol is begun in clear text. */
const endToEndNot = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

const passedOn = (raw: readonly string[], drop: ReadonlySet<string>): [string, string][] => {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? ''])
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()))
  return pairs.filter(([name]) => {
    const lower = name.toLowerCase()
    return !drop.has(lower) && !endToEndNot.has(lower) && !named.includes(lower)
  })
}

/** Where a plain request leads, or why that cannot be told beyond doubt. */
const readTarget = (
  request: IncomingMessage,
  pinned: { host: string; port: number } | null,
): { target: HostTarget; path: string } | string => {
  const method = request.method ?? ''
  const url = request.url ?? ''
  const hosts = passedOn(request.rawHeaders, new Set()).filter(([name]) => name.toLowerCase() === 'host')
  const named = hosts[0]?.[1]
  if (hosts.length !== 1 || named === undefined) return 'a request needs exactly one Host header'
  const header = parseAuthority(/:[0-9]+$/u.test(named) ? named : `${named}:80`)
  if (pinned !== null) {
    if (!url.startsWith('/')) return 'a request in a tunnel names a path, not an address'
    if (header?.host !== pinned.host || (header.port !== pinned.port && /:[0-9]+$/u.test(named)))
      return `the Host header names another host than the tunnel (${named.slice(0, 100)})`
    return { target: { ...pinned, method }, path: url }
  }
  const match = /^http:\/\/([^/?#]*)([^#]*)$/iu.exec(url)
  if (match === null)
    return 'a request to this proxy names a whole address such as http://host/path, or is a CONNECT'
  const authority = match[1] ?? ''
  if (authority.includes('@')) return 'an address with a user name is not passed on'
  const to = parseAuthority(/:[0-9]+$/u.test(authority) ? authority : `${authority}:80`)
  if (to === null) return `${authority.slice(0, 100)} is no host`
  if (header === null || header.host !== to.host || header.port !== to.port)
    return `the Host header names another host than the address (${named.slice(0, 100)})`
  const path = match[2] ?? ''
  return { target: { ...to, method }, path: path.startsWith('/') ? path : `/${path}` }
}

/**
 * Carries out one plain request: the answer goes back as it came, redirects included. What the command sends is looked
 * through for secrets first. `pinned`: the host of the tunnel that the request came by.
 */
export const forwardRequest = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    attempts: Attempts
    scanner: OutboundScanner
    pinned: { host: string; port: number } | null
    idleMs: number
  },
): Promise<void> => {
  const { attempts, scanner, pinned, idleMs } = options
  const read = readTarget(request, pinned)
  const unknown = {
    host: canonicalHost(request.headers.host ?? '') ?? '',
    port: 0,
    method: request.method ?? '',
  }
  if (typeof read === 'string')
    return answer(response, attempts.refuse(unknown, request.url ?? null, 400, `Not forwarded: ${read}.`))
  const { target, path } = read
  const headers = passedOn(request.rawHeaders, new Set(['host']))
  const scan = scanner.createScan()
  const head = [`${target.method} ${path}`, target.host, ...headers.map((pair) => pair.join(': '))].join('\n')
  const leak = scan.push(Buffer.from(head))
  if (leak !== null)
    return answer(
      response,
      attempts.refuse({ ...target }, null, 403, `The request holds a secret (${leak.spelling}).`),
    )
  const opened = await attempts.open(target, path)
  if ('status' in opened) return answer(response, opened)
  if (response.destroyed) {
    opened.socket.destroy()
    return opened.close('the command hung up')
  }
  await carryOut({ request, response, opened, target, path, headers, scan, idleMs, head: head.length })
}

const carryOut = async (input: {
  request: IncomingMessage
  response: ServerResponse
  opened: Opened
  target: HostTarget
  path: string
  headers: [string, string][]
  scan: ReturnType<OutboundScanner['createScan']>
  idleMs: number
  head: number
}): Promise<void> => {
  const { request, response, opened, target, path, scan } = input
  const { socket, meter } = opened
  if (!meter.send(input.head)) {
    socket.destroy()
    opened.close('upload used up')
    return answer(response, { status: 429, reason: meter.overdrawn(target.host) })
  }
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || request.headers['content-length'] !== undefined
  const authority =
    target.port === 80 ? hostInAuthority(target.host) : `${hostInAuthority(target.host)}:${target.port}`
  const outgoing = startRequest({
    // Without an agent, which would connect by itself.
    createConnection: () => socket,
    setHost: false,
    method: target.method,
    path,
    headers: [
      ['Host', authority],
      ...input.headers,
      ...(request.headers['transfer-encoding'] === undefined ? [] : [['Transfer-Encoding', 'chunked']]),
      ['Connection', 'close'],
    ].flat(),
  })
  socket.setTimeout(input.idleMs, () => socket.destroy(new Error('nothing came for too long')))
  const ended = new Promise<string>((resolve) => {
    outgoing.on('error', (error) => resolve(error.message))
    outgoing.on('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, [
        ...passedOn(incoming.rawHeaders, new Set()).flat(),
        'Connection',
        'close',
      ])
      relayBytes(
        incoming,
        response,
        (bytes) => meter.receive(bytes),
        () => {
          response.destroy()
          resolve('download used up')
        },
      )
      incoming.on('error', (error) => resolve(error.message))
      incoming.on('end', () => resolve('done'))
      incoming.on('close', () => resolve('the host hung up'))
    })
    response.on('close', () => resolve('the command hung up'))
  })
  if (hasBody) {
    const stopped = await relayBody(request, outgoing, (chunk) => {
      if (!meter.send(chunk.length)) return meter.overdrawn(target.host)
      const leak = scan.push(chunk)
      return leak === null ? null : `The request holds a secret (${leak.spelling}).`
    })
    if (stopped !== null) {
      outgoing.destroy()
      socket.destroy()
      opened.close(stopped)
      return answer(response, { status: 403, reason: stopped })
    }
  } else outgoing.end()
  const reason = await ended
  if (!response.headersSent && reason !== 'the command hung up')
    answer(response, { status: 502, reason: `${target.host}: ${reason}` })
  else if (reason !== 'done') response.destroy()
  opened.close(reason)
  socket.destroy()
}

/** Tells the command what happened, as plain text. */
const answer = (response: ServerResponse, { status, reason }: Refusal): void => {
  if (response.destroyed) return
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`cairn egress: ${reason}\n`)
}
