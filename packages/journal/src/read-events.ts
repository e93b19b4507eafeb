import type { DatabaseSync } from 'node:sqlite'
import type { Event } from './event.ts'
import { damagedEvent, decodeEvent, readEventRow } from './event-row.ts'
import { JournalError } from './journal-error.ts'
import { integer } from './row.ts'
import type { Row } from './row.ts'
import type { ReadOptions } from './store.ts'
import { reading } from './transaction.ts'

const pageRows = 128

const columns = 'seq, time, turn, step, kind, leaf, body'

/**
 * A function that reads events in pages: constant memory, and no read transaction stays open while the consumer works,
 * so that the WAL can be cleared. Sees the events that were there when reading began.
 * Throws `JournalError` `corrupt` with `facts.seq` at a damaged or missing event; reading can go on after it.
 */
export function createReader(
  db: DatabaseSync,
  path: string,
): (options?: ReadOptions) => IterableIterator<Event> {
  const page = db.prepare(
    `SELECT ${columns} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${pageRows}`,
  )
  const seqsOfKinds = db.prepare(
    `SELECT seq FROM events WHERE kind IN (SELECT value FROM json_each(?)) AND seq BETWEEN ? AND ?`,
  )
  const one = db.prepare(`SELECT ${columns} FROM events WHERE seq = ?`)
  const last = db.prepare('SELECT size AS last FROM journal WHERE id = 1')

  /** The rows one by one, where a page as a whole cannot be read. */
  function* salvage(from: number, to: number): IterableIterator<Row> {
    for (let seq = from; seq <= to; seq++) {
      let row: Row | undefined
      try {
        row = reading(path, () => one.get(seq))
      } catch (error) {
        throw damagedEvent(seq, 'its page cannot be read', error)
      }
      if (row === undefined) throw damagedEvent(seq, 'it is missing')
      yield row
    }
  }

  function* every(from: number, to: number): IterableIterator<Event> {
    for (let next = from; next <= to;) {
      let rows: Iterable<Row>
      try {
        rows = reading(path, () => page.all(next, to))
      } catch (error) {
        if (!JournalError.isInstance(error) || error.code !== 'corrupt') throw error
        rows = salvage(next, Math.min(to, next + pageRows - 1))
      }
      const before = next
      for (const row of rows) {
        const event = readEventRow(row)
        if (event.seq !== next) throw damagedEvent(next, 'it is missing')
        next++
        yield decodeEvent(event)
      }
      if (next === before) throw damagedEvent(next, 'it is missing')
    }
  }

  function* ofKinds(from: number, to: number, kinds: readonly string[]): IterableIterator<Event> {
    // From the index alone: the events themselves are read one by one, as they are asked for.
    const found = reading(path, () => seqsOfKinds.all(JSON.stringify(kinds), from, to))
    const seqs = found.map((row) => integer(row, 'seq')).sort((a, b) => a - b)
    for (const seq of seqs) {
      const row = reading(path, () => one.get(seq))
      if (row === undefined) throw damagedEvent(seq, 'it is missing')
      yield decodeEvent(readEventRow(row))
    }
  }

  return function* read({ from = 1, to = Infinity, kinds } = {}) {
    const size = reading(path, () => integer(last.get() ?? {}, 'last'))
    const first = Math.max(1, from)
    if (kinds === undefined) yield* every(first, Math.min(to, size))
    else if (kinds.length > 0) yield* ofKinds(first, Math.min(to, size), kinds)
  }
}
