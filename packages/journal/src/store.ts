import type { BlobRef, Event, EventKind, NewEvent } from './event.ts'

/** Where bytes go that are too large, or too raw, for a journal line. */
export interface BlobStore {
  /** Stores bytes once, whatever their size, and gives their address. */
  putBlob(bytes: Uint8Array): BlobRef
  /** Stores a stream chunk by chunk, without holding it in memory. */
  putBlobStream(chunks: AsyncIterable<Uint8Array>): Promise<BlobRef>
  /** The whole blob, or null where it was never stored or has been erased. */
  getBlob(sha256: string): Uint8Array | null
  /** Bytes [start, end) of a blob, reading no more chunks than needed. */
  getBlobRange(sha256: string, start: number, end: number): Uint8Array | null
}

export interface ReadOptions {
  /** First and last seq, inclusive. */
  from?: number
  to?: number
  kinds?: readonly EventKind[]
}

/** The port: the journal of one session. SQLite and Postgres implementations pass one contract test. */
export interface Store extends BlobStore {
  readonly sessionId: string
  /** `reader` cannot append; a `writer` holds the lease. */
  readonly mode: 'writer' | 'reader'
  /** Appends in one transaction: all or none. Throws `JournalError` `lease-lost` once another writer has taken over. */
  append(events: readonly NewEvent[]): Event[]
  read(options?: ReadOptions): IterableIterator<Event>
  /** Number of events and the RFC 6962 root over their leaf hashes, in hex. */
  head(): { size: number; root: string }
  /** Erases the bytes of a blob on a legal request; its hash stays, so the log still verifies. */
  eraseBlob(sha256: string, reason: string): void
  close(): void
}

/** What the journal adds to the port for those who own a session. */
export interface JournalStore extends Store {
  /** The fencing number of the writer's lease; null for a reader. */
  readonly fence: number | null
}
