import type { DatabaseSync } from 'node:sqlite'
import type { Blobs } from './blobs.ts'
import type { Checkpoints } from './checkpoint-table.ts'
import type { Event } from './event.ts'
import { damagedEvent } from './event-row.ts'
import { readHead } from './head.ts'
import { JournalError } from './journal-error.ts'
import { frontierRoot } from './merkle.ts'
import { scanEvents } from './raw-events.ts'
import { bytes } from './row.ts'
import type { JournalStore, ReadOptions } from './store.ts'
import { reading } from './transaction.ts'

/** The opened parts that a store is made of. */
export interface StoreParts {
  db: DatabaseSync
  path: string
  sessionId: string
  blobs: Blobs
  checkpoints: Checkpoints
  read: (options?: ReadOptions) => IterableIterator<Event>
}

/** A store that reads, also while another process writes; each call sees what is committed by then. */
export function createReadingStore({
  db,
  path,
  sessionId,
  blobs,
  checkpoints,
  read,
}: StoreParts): JournalStore {
  const refuse = (): JournalError =>
    new JournalError(
      'read-only',
      `The journal ${path} was opened for reading.`,
      'Open it with mode "writer" to append.',
      { path },
    )
  return {
    sessionId,
    mode: 'reader',
    fence: null,
    append() {
      throw refuse()
    },
    read,
    head() {
      const { frontier } = reading(path, () => readHead(db, path))
      return { size: frontier.size, root: Buffer.from(frontierRoot(frontier)).toString('hex') }
    },
    putBlob() {
      throw refuse()
    },
    putBlobStream() {
      return Promise.reject(refuse())
    },
    getBlob: (sha256) => reading(path, () => blobs.range(sha256, 0, Infinity)),
    getBlobRange: (sha256, start, end) => reading(path, () => blobs.range(sha256, start, end)),
    eraseBlob() {
      throw refuse()
    },
    sign() {
      throw refuse()
    },
    checkpoints: () => reading(path, () => checkpoints.list()),
    leaves: (size) =>
      reading(path, () => db.prepare('SELECT leaf FROM events WHERE seq <= ? ORDER BY seq').all(size)).map(
        (row) => bytes(row, 'leaf'),
      ),
    *raw(from) {
      const { size } = reading(path, () => readHead(db, path)).frontier
      for (const scanned of scanEvents(db, size, from)) {
        if ('damage' in scanned) throw damagedEvent(scanned.damage.from, scanned.damage.why)
        yield scanned.event
      }
    },
    listBlobs: () => blobs.info(),
    close() {
      if (db.isOpen) db.close()
    },
  }
}
