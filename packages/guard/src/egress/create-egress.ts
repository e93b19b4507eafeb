import { createServer } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { PolicyLayer } from '../policy/rule.ts'
import { createOutboundScanner } from '../secrets/find-encoded-secrets.ts'
import { createAttempts } from './attempt.ts'
import { systemResolve } from './dial.ts'
import type { Resolve } from './dial.ts'
import { egressEnvironment } from './egress-environment.ts'
import { defaultEgressLimits } from './egress-event.ts'
import type { EgressEvent, EgressLimits } from './egress-event.ts'
import { forwardRequest } from './forward-request.ts'
import { hostRules } from './host-rules.ts'
import type { HostTarget } from './host-rules.ts'
import { openTunnel } from './open-tunnel.ts'

export interface EgressOptions {
  layers: readonly PolicyLayer[]
  /** Values that must not leave. */
  secrets: readonly string[]
  /** Milliseconds since the epoch. */
  now: () => number
  onEvent: (event: EgressEvent) => void
  /** Asked where a rule says ask; without it such hosts are refused. */
  ask?: (target: HostTarget, reason: string) => Promise<boolean>
  /** Default: the resolver of the system. */
  resolve?: Resolve
  limits?: Partial<EgressLimits>
}

/** The one way out of a sandbox: a proxy for HTTP and TLS that reaches the hosts which the policy names. */
export interface Egress {
  /** Hosts that rules allow, as they are written there. */
  readonly hosts: readonly string[]
  /** Serves the connections of a listener in the network of the sandbox. */
  serve(listener: Server): void
  /** What makes programs use the proxy on this port of the loopback interface. */
  environment(port: number): Record<string, string>
  /** Cuts off every connection. */
  close(): void
}

/** Makes the proxy for the rules of a policy; null where they allow no host, so that there is nothing to reach. */
export const createEgress = (options: EgressOptions): Egress | null => {
  const rules = hostRules(options.layers)
  if (rules.named.length === 0) return null
  const limits = { ...defaultEgressLimits, ...options.limits }
  const scanner = createOutboundScanner(options.secrets)
  const attempts = createAttempts({
    rules,
    limits,
    resolve: options.resolve ?? systemResolve,
    now: options.now,
    onEvent: options.onEvent,
    ask: options.ask ?? null,
  })
  const clients = new Set<Socket>()
  const pins = new WeakMap<object, { host: string; port: number }>()
  const timers = new WeakMap<object, NodeJS.Timeout>()

  const awaitHead = (client: Socket) => {
    const late = () =>
      client.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => client.destroy())
    timers.set(client, setTimeout(late, limits.headMs))
  }
  const arrived = (client: object) => clearTimeout(timers.get(client))

  const http = createServer({ maxHeaderSize: limits.headBytes, insecureHTTPParser: false, keepAlive: false })
  // One request a connection: nothing can hide behind the end of another.
  http.maxRequestsPerSocket = 1
  http.on('request', (request, response) => {
    const client = request.socket
    arrived(client)
    client.setTimeout(limits.idleMs, () => client.destroy())
    const pinned = pins.get(client) ?? null
    forwardRequest(request, response, { attempts, scanner, pinned, idleMs: limits.idleMs }).catch(() =>
      client.destroy(),
    )
  })
  http.on('connect', (request, _, head) => {
    const client = request.socket
    arrived(client)
    const nested = pins.has(client)
    openTunnel(client, nested ? '' : (request.url ?? ''), head, {
      attempts,
      limits,
      onHttp(socket, target) {
        pins.set(socket, target)
        awaitHead(socket)
        http.emit('connection', socket)
        socket.resume()
      },
    }).catch(() => client.destroy())
  })
  http.on('clientError', (error, client) => {
    const reason = 'code' in error ? String(error.code) : error.message
    const target = { host: '', port: 0, method: '' }
    attempts.refuse(target, null, 400, `What came is no HTTP request (${reason}).`)
    if (!client.writable) return void client.destroy()
    const body = `cairn egress: this is no HTTP request (${reason})\n`
    client.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
  })

  return {
    hosts: rules.named,
    serve(listener) {
      listener.on('connection', (client) => {
        client.on('error', () => {})
        if (clients.size >= limits.connections)
          return void client.end('HTTP/1.1 503 Too many connections\r\nConnection: close\r\n\r\n')
        clients.add(client)
        client.on('close', () => {
          clients.delete(client)
          arrived(client)
        })
        awaitHead(client)
        http.emit('connection', client)
      })
    },
    environment: (port) => egressEnvironment(port, rules.named),
    close() {
      for (const client of clients) client.destroy()
    },
  }
}
