/**
 * One attempt to reach a host, as a record: `refused` or `failed` at once, or `opened` and then `closed` with what went
 * through. Made of what the command sent, so it has to be redacted before it is kept.
 */
export interface EgressEvent {
  /** The same for both records of one attempt. */
  id: number
  phase: 'refused' | 'failed' | 'opened' | 'closed'
  /** Milliseconds since the epoch. */
  time: number
  /** An HTTP method, `CONNECT` for an encrypted connection. */
  method: string
  /** In its one spelling; as it was sent, bounded, where it has none. */
  host: string
  port: number
  /** Of a plain request; the beginning of it. */
  path: string | null
  /** `layer:id` of the rule that decided, `proxy` for what no rule can allow. */
  rule: string
  reason: string
  /** The address that was dialled. */
  address: string | null
  /** Bytes to the host and from it, without what the proxy itself adds. */
  sent: number
  received: number
  ms: number
}

/** Everything the proxy gives up waiting for, in milliseconds, and everything it counts. */
export interface EgressLimits {
  /** For a whole head of a request, or the first bytes of a tunnel. */
  headMs: number
  /** Without a byte in either direction. */
  idleMs: number
  dialMs: number
  /** Open at once. */
  connections: number
  headBytes: number
}

export const defaultEgressLimits: EgressLimits = {
  headMs: 15_000,
  idleMs: 120_000,
  dialMs: 10_000,
  connections: 256,
  headBytes: 32 * 1024,
}
