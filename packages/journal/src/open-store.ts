import type { DatabaseSync } from 'node:sqlite'
import { openBlobs } from './blobs.ts'
import { openCheckpoints } from './checkpoint-table.ts'
import { JournalError } from './journal-error.ts'
import { checkLastEvent, checkSession, readHead } from './head.ts'
import { acquireLease, releaseLease } from './lease.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { createReader } from './read-events.ts'
import { createReadingStore } from './reading-store.ts'
import type { SigningKey } from './signed-note.ts'
import type { JournalStore } from './store.ts'
import { createTransaction, reading } from './transaction.ts'
import { createWritingStore } from './writing-store.ts'

/** How to open the journal of a session. */
export interface OpenOptions {
  sessionId: string
  mode: 'writer' | 'reader'
  /** Milliseconds since the epoch: times of the lease and of erasures. */
  now: () => number
  /** What a commit survives: the death of the process (default), or a loss of power too (an fsync each). */
  durability?: 'process' | 'power'
  /** How long a writer waits for the lease of another one, blocking. Default 0. */
  waitMs?: number
  /** Signs checkpoints: at every 256th event, on `sign()` and on `close()`. Without it the log stays unsigned. */
  key?: SigningKey
}

const sessionPattern = /^[A-Za-z0-9][\w.-]{0,127}$/

/**
 * Opens the journal of one session, an SQLite file, and creates it for a writer. Opening reads O(log n) and scans
 * nothing; `verifyLog` is what checks a file. Throws `JournalError`: `locked` (another writer), `not-found` (reader),
 * `not-a-journal`, `newer-version`, `wrong-session`, `corrupt`, `disk-full`, `io`, `bad-session-id`.
 */
export function openStore(path: string, options: OpenOptions): JournalStore {
  const { sessionId, mode, durability = 'process' } = options
  if (!sessionPattern.test(sessionId)) {
    throw new JournalError(
      'bad-session-id',
      `"${sessionId}" is no session id: letters, digits, dots, dashes and underscores, at most 128.`,
      'Take one from newSessionId or from the list of sessions.',
      { sessionId },
    )
  }
  const db = mode === 'writer' ? openForWriting(path, sessionId, durability) : openForReading(path)
  try {
    return mode === 'writer' ? openWriter(db, path, options) : openReader(db, path, options)
  } catch (error) {
    db.close()
    throw error
  }
}

function openReader(db: DatabaseSync, path: string, { sessionId, now }: OpenOptions): JournalStore {
  return reading(path, () => {
    checkSession(db, path, sessionId)
    const checkpoints = openCheckpoints(db, sessionId, null, now)
    return createReadingStore({
      db,
      path,
      sessionId,
      blobs: openBlobs(db),
      checkpoints,
      read: createReader(db, path),
    })
  })
}

function openWriter(db: DatabaseSync, path: string, options: OpenOptions): JournalStore {
  const { sessionId, now, waitMs = 0, key = null } = options
  reading(path, () => checkSession(db, path, sessionId))
  const transaction = createTransaction(db, path)
  const fence = acquireLease(db, transaction, now, waitMs, path)
  try {
    return reading(path, () => {
      const { frontier } = readHead(db, path)
      checkLastEvent(db, frontier, path)
      const blobs = openBlobs(db)
      transaction(() => blobs.dropUnfinished())
      const read = createReader(db, path)
      const checkpoints = openCheckpoints(db, sessionId, key, now)
      return createWritingStore({
        db,
        path,
        sessionId,
        blobs,
        checkpoints,
        read,
        transaction,
        now,
        fence,
        frontier,
      })
    })
  } catch (error) {
    transaction(() => releaseLease(db, fence))
    throw error
  }
}
