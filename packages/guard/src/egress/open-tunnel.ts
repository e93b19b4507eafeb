import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import type { createAttempts, Opened, Refusal } from './attempt.ts'
import { canonicalHost, parseAuthority } from './canonical-host.ts'
import { readFirstBytes } from './client-hello.ts'
import type { FirstBytes } from './client-hello.ts'
import type { EgressLimits } from './egress-event.ts'
import { relayBytes } from './relay.ts'

/**
 * Answers a CONNECT. A tunnel carries TLS for the very host that was asked for, or plain HTTP, which is then read request
 * by request (`onHttp`); anything else is cut off before a byte of it leaves.
 */
export const openTunnel = async (
  client: Socket,
  asked: string,
  head: Buffer,
  options: {
    attempts: ReturnType<typeof createAttempts>
    limits: EgressLimits
    onHttp: (client: Socket, target: { host: string; port: number }) => void
  },
): Promise<void> => {
  const { attempts, limits } = options
  client.on('error', () => {})
  const to = parseAuthority(asked)
  if (to === null) {
    const target = { host: asked, port: 0, method: 'CONNECT' }
    const reason = 'CONNECT needs a host and a port, such as example.org:443.'
    return refuse(client, attempts.refuse(target, null, 400, reason))
  }
  const target = { ...to, method: 'CONNECT' }
  const opened = await attempts.open(target, null)
  if ('status' in opened) return refuse(client, opened)
  const { socket, meter } = opened
  const end = (reason: string) => {
    opened.close(reason)
    client.destroy()
    socket.destroy()
  }
  if (client.destroyed) return end('the command hung up')
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  const { bytes, kind } = await firstBytes(client, head, limits.headMs)
  if (kind.is === 'http') {
    opened.close('plain HTTP: read request by request')
    socket.destroy()
    client.unshift(bytes)
    return options.onHttp(client, to)
  }
  const wrong = kind.is === 'tls' ? mismatch(to.host, kind.serverName) : whyCut(kind)
  if (wrong !== null) {
    attempts.refuse(target, null, 403, wrong)
    return end(wrong)
  }
  connectBoth(client, opened, bytes, { end, host: to.host, idleMs: limits.idleMs })
  if (!meter.send(bytes.length)) end(meter.overdrawn(to.host))
}

const whyCut = (kind: Exclude<FirstBytes, { is: 'tls' }>): string =>
  kind.is === 'invalid'
    ? `A tunnel carries TLS or HTTP; this is ${kind.why}.`
    : 'Nothing to tell the host by came in time.'

/** Why the name in the greeting is another one than the host that was asked for; null where it is that. */
const mismatch = (host: string, serverName: string | null): string | null => {
  // A greeting never names an address (RFC 6066, 3).
  if (serverName === null)
    return isIP(host) !== 0 ? null : `The TLS greeting names no host, but ${host} was asked for.`
  return canonicalHost(serverName) === host
    ? null
    : `The TLS greeting names ${serverName.slice(0, 100)}, but ${host} was asked for.`
}

const connectBoth = (
  client: Socket,
  { socket, meter }: Opened,
  bytes: Buffer,
  { end, host, idleMs }: { end: (reason: string) => void; host: string; idleMs: number },
): void => {
  socket.write(bytes)
  const over = () => end(meter.overdrawn(host))
  relayBytes(client, socket, (count) => meter.send(count), over)
  relayBytes(socket, client, (count) => meter.receive(count), over)
  socket.setTimeout(idleMs, () => end('nothing came for too long'))
  socket.on('close', () => end('done'))
  client.on('close', () => end('done'))
  client.resume()
}

/** Reads until it is known what the client speaks, or until the time is up. */
const firstBytes = (
  client: Socket,
  head: Buffer,
  timeoutMs: number,
): Promise<{ bytes: Buffer; kind: FirstBytes }> =>
  new Promise((resolve) => {
    let bytes = head
    const finish = (kind: FirstBytes) => {
      clearTimeout(timer)
      client.off('data', more)
      client.off('close', gone)
      client.pause()
      resolve({ bytes, kind })
    }
    const look = () => {
      const kind = readFirstBytes(bytes)
      if (kind.is !== 'incomplete') finish(kind)
    }
    const more = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      look()
    }
    const gone = () => finish({ is: 'incomplete' })
    const timer = setTimeout(gone, timeoutMs)
    client.on('data', more)
    client.on('close', gone)
    look()
  })

const refuse = (client: Socket, { status, reason }: Refusal): void => {
  // The reason also as the phrase of the status: few programs show the body of a refused CONNECT.
  const phrase = `cairn egress: ${reason}`.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 300)
  const body = `cairn egress: ${reason}\n`
  client.end(
    `HTTP/1.1 ${status} ${phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
