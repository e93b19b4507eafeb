import type { BlobRef, Event, EventKind, NewEvent } from './event.ts'
import type { RawEvent } from './event-leaf.ts'

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

/** A signed statement of the tree at one size, as it is kept beside the events. */
export interface StoredCheckpoint {
  size: number
  /** By the clock of the writer, in milliseconds since the epoch; it is not signed. */
  time: number
  /** The C2SP signed note. */
  note: string
}

/** What is known of a blob without its bytes. */
export interface BlobInfo extends BlobRef {
  /** Why its bytes were erased; null while they are there. */
  erased: string | null
}

/** What the journal adds to the port for those who keep, prove and hand on a session. */
export interface JournalStore extends Store {
  /** The fencing number of the writer's lease; null for a reader. */
  readonly fence: number | null
  /**
   * Signs the tree as it is and keeps the checkpoint; gives the note. Null where the log is empty or the store was
   * opened without a key. A writer with a key also signs at every 256th event and when it closes.
   */
  sign(): string | null
  /** Every checkpoint kept, smallest first. */
  checkpoints(): StoredCheckpoint[]
  /** Leaf hashes of the first `size` events, for `inclusionProof` and `consistencyProof`. */
  leaves(size: number): Uint8Array[]
  /**
   * Events with the bytes that were hashed, for export and anchoring, from the one with number `from` (default 1). Throws
   * `corrupt` at the first damaged one.
   */
  raw(from?: number): IterableIterator<RawEvent>
  listBlobs(): IterableIterator<BlobInfo>
}
