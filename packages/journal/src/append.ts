import type { DatabaseSync } from 'node:sqlite'
import type { Checkpoints } from './checkpoint-table.ts'
import type { Event, NewEvent } from './event.ts'
import { decodeEvent, encodeEvent } from './event-row.ts'
import { leaseLost } from './lease.ts'
import { appendLeaves, packFrontier } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import type { Transaction } from './transaction.ts'

/** What appending needs. */
export interface AppendParts {
  db: DatabaseSync
  path: string
  transaction: Transaction
  now: () => number
  fence: number
  frontier: Frontier
  checkpoints: Checkpoints
}

/** Appends under the lease and keeps the tree in step with what is committed. */
export interface Appender {
  /** `also` runs in the same transaction, before the events are written. */
  append(events: readonly NewEvent[], also?: () => void): Event[]
  frontier(): Frontier
}

/** Prepares the statements and starts from the frontier that the file has. */
export function createAppender({
  db,
  path,
  transaction,
  now,
  fence,
  frontier: start,
  checkpoints,
}: AppendParts): Appender {
  const insert = db.prepare(
    'INSERT INTO events(seq, time, turn, step, kind, leaf, body) VALUES(?, ?, ?, ?, ?, ?, ?)',
  )
  // One statement fences, checks that the tree is the one we know, moves it on and shows that we live.
  const advance = db.prepare(
    'UPDATE journal SET size = ?, frontier = ?, heartbeat = ? WHERE id = 1 AND fence = ? AND size = ?',
  )
  let frontier = start

  return {
    frontier: () => frontier,
    append(events, also) {
      if (events.length === 0) return []
      const rows = events.map((event, index) => encodeEvent(event, frontier.size + index + 1))
      const grown = appendLeaves(
        frontier,
        rows.map((row) => row.leaf),
      )
      transaction(() => {
        const moved = advance.run(grown.size, packFrontier(grown), Math.floor(now()), fence, frontier.size)
        if (Number(moved.changes) !== 1) throw leaseLost(path, fence)
        also?.()
        for (const { seq, time, turn, step, kind, leaf, body } of rows) {
          insert.run(seq, time, turn, step, kind, leaf, body)
        }
        checkpoints.signIfDue(grown)
      })
      // Only now: what was not committed must not be in the tree.
      frontier = grown
      return rows.map(decodeEvent)
    },
  }
}
