import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import type { Entry } from '../ledger/entry.ts'

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

export interface Recall {
  recall(query: RecallQuery): RecallResult
  /** Releases the index. Safe where recall was never used. */
  close(): void
}

/** The way back to everything that left the context (I9). */
export function createRecall(ports: RecallPorts): Recall {
  void ports
  return { recall: () => ({ text: '', hits: [] }), close: () => undefined }
}
