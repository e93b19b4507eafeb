import { cutStream } from './blobs.ts'
import { createAppender } from './append.ts'
import { heartbeatMs, leaseLost, releaseLease } from './lease.ts'
import { frontierRoot } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import { createReadingStore } from './reading-store.ts'
import type { StoreParts } from './reading-store.ts'
import type { JournalStore } from './store.ts'
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
  const { db, path, blobs, transaction, now, fence } = parts
  const reader = createReadingStore(parts)
  const appender = createAppender(parts)
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
      owned(() => blobs.erase(sha256, Math.floor(now()), reason))
    },
    close() {
      if (!db.isOpen) return
      clearInterval(heart)
      try {
        transaction(() => releaseLease(db, fence))
      } finally {
        db.close()
      }
    },
  }

  function abandonBlob(writer: ReturnType<typeof blobs.begin> | null): void {
    // What cannot be removed now is removed by the next writer that opens the journal.
    try {
      if (writer !== null) owned(() => writer.abandon())
    } catch {}
  }
}
