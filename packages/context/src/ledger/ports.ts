import type { Event } from '@cairn/journal'

/** What the ledger may look up while it reads an event. A missing answer costs detail, never correctness. */
export interface LedgerPorts {
  /** Bytes of a blob, or null where absent or erased. */
  blob(sha256: string): Uint8Array | null
  /** An earlier event, for the span check of notes. Without it, notes that name a source stay `unverified`. */
  event?(seq: number): Event | null
}
