import type { Event } from '@cairn/journal'
import type { Entry } from '../ledger/entry.ts'
import type { RecallIndex } from './recall-index.ts'

export interface RecallPorts {
  /** Events with `seq > after`, in order: how the index catches up. Nothing is read before the first recall. */
  events(after: number): Iterable<Event>
  /** One event by position, for handles `e:SEQ`. */
  event(seq: number): Event | null
  blob(sha256: string): Uint8Array | null
  /** Every ledger entry, void ones included. */
  entries(): readonly Entry[]
  /** Newest hash of a file known to the journal; undefined where the file is unknown. For currency labels. */
  fileHash?(path: string): string | null | undefined
  /** SQLite file of the index; default in memory. A cache: it may be deleted at any time. */
  file?: string
}

/** What recall knows once it has been used: the index and the hashes that handles abbreviate. */
export interface RecallState {
  ports: RecallPorts
  index(): RecallIndex
  /** Full hashes of blobs by their first twelve digits, with the events that refer to them. */
  blobs(): ReadonlyMap<string, { sha256: string; seq: number }>
  /** Index terms of an entry, read once. */
  termsOf(entry: Entry): ReadonlySet<string>
}
