import { cutStream } from './blobs.ts'
import { createAppender } from './append.ts'
import { heartbeatMs, leaseLost, releaseLease } from './lease.ts'
import { frontierRoot } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import { createReadingStore } from './reading-store.ts'
import type { StoreParts } from './reading-store.ts'
import { integer } from './row.ts'
import type { JournalStore } from './store.ts'
import { reading } from './transaction.ts'
import type { Transaction } from './transaction.ts'

/** What a writer has besides the parts of every store. */
export interface WriterParts extends StoreParts {
  transaction: Transaction
  now: () => number
  fence: number
  frontier: Frontier
}

/** The store of the one writer. Each write checks the fencing number inside its transaction. */
export function createWritingStore(parts: WriterParts): JournalStore {
  const { db, path, blobs, checkpoints, transaction, now, fence } = parts
  const reader = createReadingStore(parts)
  const appender = createAppender(parts)
  const place = db.prepare('SELECT turn, step FROM events WHERE seq = ?')
  const beat = db.prepare('UPDATE journal SET heartbeat = ? WHERE id = 1 AND fence = ?')

  /** Work under the lease: the heartbeat is the check. */
  function owned<T>(work: () => T): T {
    return transaction(() => {
      if (Number(beat.run(Math.floor(now()), fence).changes) !== 1) throw leaseLost(path, fence)
      return work()
    })
  }

  // Tells others that an idle writer lives. A failure is not thrown into nowhere: the next append meets it again.
  const heart = setInterval(() => {
    try {
      beat.run(Math.floor(now()), fence)
    } catch {
      clearInterval(heart)
    }
  }, heartbeatMs)
  heart.unref()

  return {
    ...reader,
    mode: 'writer',
    fence,
    append: (events) => appender.append(events),
    head() {
      const frontier = appender.frontier()
      return { size: frontier.size, root: Buffer.from(frontierRoot(frontier)).toString('hex') }
    },
    putBlob: (bytes) => owned(() => blobs.put(bytes)),
    async putBlobStream(chunks) {
      let writer: ReturnType<typeof blobs.begin> | null = null
      try {
        const { rest, sha256, length } = await cutStream(chunks, (chunk) => {
          writer = owned(() => {
            const current = writer ?? blobs.begin()
            current.write(chunk)
            return current
          })
        })
        return owned(() => {
          if (writer === null) return blobs.put(rest)
          if (rest.length > 0) writer.write(rest)
          if (!writer.finish(sha256, length)) throw leaseLost(path, fence)
          return { sha256, bytes: length }
        })
      } catch (error) {
        abandonBlob(writer)
        throw error
      }
    },
    eraseBlob(sha256, reason) {
      const bytes = reading(path, () => blobs.size(sha256))
      if (bytes === null) return
      const time = Math.floor(now())
      // Overwrites the pages and empties the WAL: the bytes are to be gone from the disk, not only from the table.
      db.exec('PRAGMA secure_delete = ON')
      appender.append([{ time, ...lastPlace(), kind: 'blob.erased', body: { sha256, bytes, reason } }], () =>
        blobs.erase(sha256, time, reason),
      )
      db.exec('PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)')
    },
    sign: () => owned(() => checkpoints.sign(appender.frontier())),
    close() {
      if (!db.isOpen) return
      clearInterval(heart)
      try {
        transaction(() => {
          if (releaseLease(db, fence)) checkpoints.sign(appender.frontier())
        })
      } finally {
        db.close()
      }
    },
  }

  function lastPlace(): { turn: number; step: number } {
    const row = reading(path, () => place.get(appender.frontier().size))
    return row === undefined
      ? { turn: 0, step: 0 }
      : { turn: integer(row, 'turn'), step: integer(row, 'step') }
  }

  function abandonBlob(writer: ReturnType<typeof blobs.begin> | null): void {
    // What cannot be removed now is removed by the next writer that opens the journal.
    try {
      if (writer !== null) owned(() => writer.abandon())
    } catch {}
  }
}
