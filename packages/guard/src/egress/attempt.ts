import type { EgressEvent } from './egress-event.ts'
import { checkedAddresses, dial } from './dial.ts'
import type { DialProblem, Resolve } from './dial.ts'
import type { EgressLimits } from './egress-event.ts'
import type { HostRules, HostTarget } from './host-rules.ts'
import type { Meter } from './meter.ts'
import { createMeters } from './meter.ts'
import type { Socket } from 'node:net'

/** A request that was refused or failed, with the status that tells the client so. */
export interface Refusal {
  status: 400 | 403 | 413 | 429 | 502 | 504
  reason: string
}

/** A connection to a host that was allowed. */
export interface Opened {
  socket: Socket
  meter: Meter
  /** Writes the closing record, once. */
  close(reason?: string): void
}

export interface AttemptInput {
  rules: HostRules
  resolve: Resolve
  limits: EgressLimits
  /** Milliseconds since the epoch. */
  now: () => number
  onEvent: (event: EgressEvent) => void
  /** Asked where a rule says ask; without it such hosts are refused. */
  ask: ((target: HostTarget, reason: string) => Promise<boolean>) | null
}

/** Decides on attempts, dials what is allowed and records all of it. */
export const createAttempts = (input: AttemptInput) => {
  const { rules, limits, now, onEvent } = input
  const meters = createMeters()
  let count = 0

  const record = (target: HostTarget, path: string | null) => {
    const started = now()
    const base = {
      id: ++count,
      method: target.method.slice(0, 32),
      host: target.host.slice(0, 253),
      port: target.port,
      path: path === null ? null : path.slice(0, 500),
      address: null,
      sent: 0,
      received: 0,
    }
    return (phase: EgressEvent['phase'], rule: string, reason: string, facts: Partial<EgressEvent> = {}) =>
      onEvent({ ...base, phase, time: now(), rule, reason, ms: now() - started, ...facts })
  }

  return {
    /** Records what is refused before any rule is asked. */
    refuse(target: HostTarget, path: string | null, status: Refusal['status'], reason: string): Refusal {
      record(target, path)('refused', 'proxy', reason)
      return { status, reason }
    },
    async open(target: HostTarget, path: string | null): Promise<Opened | Refusal> {
      const write = record(target, path)
      const { decision, rule, reason, terms } = rules.decide(target)
      const refuse = (phase: 'refused' | 'failed', status: Refusal['status'], why: string): Refusal => {
        write(phase, rule, why)
        return { status, reason: why }
      }
      if (decision === 'deny') return refuse('refused', 403, reason)
      if (decision === 'ask' && (await input.ask?.(target, reason)) !== true)
        return refuse('refused', 403, `A person has to allow it: ${reason}`)
      const meter = meters.of(target.host, terms)
      if (meter.spent()) return refuse('refused', 429, meter.overdrawn(target.host))
      const problemOf = (found: DialProblem) =>
        found.problem === 'refused'
          ? refuse('refused', 403, found.reason)
          : refuse('failed', 502, found.reason)
      const addresses = await checkedAddresses(
        target.host,
        terms?.addresses ?? null,
        input.resolve,
        limits.dialMs,
      )
      if ('problem' in addresses) return problemOf(addresses)
      const socket = await dial(addresses, target.port, limits.dialMs)
      if ('problem' in socket) return problemOf(socket)
      const facts = { address: socket.remoteAddress ?? null }
      write('opened', rule, reason, facts)
      let open = true
      return {
        socket,
        meter,
        close(why = 'done') {
          if (!open) return
          open = false
          write('closed', rule, why, { ...facts, sent: meter.sent, received: meter.received })
        },
      }
    },
  }
}
