import type { HostTerms } from './host-rules.ts'

/** Counts one connection against what its host may have in a session. */
export interface Meter {
  readonly sent: number
  readonly received: number
  /** Counts bytes to the host; false where they are more than it may get: they must not be sent then. */
  send(bytes: number): boolean
  receive(bytes: number): boolean
  /** Whether nothing is left, in one of the directions. */
  spent(): boolean
  overdrawn(host: string): string
}

/** Counters of a session, one for each host. */
export const createMeters = () => {
  const hosts = new Map<string, { sent: number; received: number }>()
  return {
    of(host: string, terms: HostTerms | null): Meter {
      const total = hosts.get(host) ?? { sent: 0, received: 0 }
      hosts.set(host, total)
      const [upload, download] = [terms?.upload ?? 0, terms?.download ?? 0]
      let sent = 0
      let received = 0
      return {
        get sent() {
          return sent
        },
        get received() {
          return received
        },
        send(bytes) {
          total.sent += bytes
          if (total.sent > upload) return false
          sent += bytes
          return true
        },
        receive(bytes) {
          total.received += bytes
          if (total.received > download) return false
          received += bytes
          return true
        },
        spent: () => total.sent >= upload || total.received >= download,
        overdrawn: (name) =>
          total.sent >= upload
            ? `The session has sent ${name} all the ${upload} bytes that the rule allows ("upload").`
            : `The session has got all the ${download} bytes from ${name} that the rule allows ("download").`,
      }
    },
  }
}
