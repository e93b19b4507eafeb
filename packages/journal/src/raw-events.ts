import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RawEvent } from './event-leaf.ts'
import { integer } from './row.ts'
import type { Row } from './row.ts'

/** A span of events that SQLite cannot give, or whose columns are not of the types that were written. */
export interface Damage {
  from: number
  to: number
  why: string
}

/** One finding of a scan. */
export type Scanned = { event: RawEvent } | { damage: Damage }

// Bytes instead of text: decoding would hide a change that makes UTF-8 invalid.
const columns =
  'seq, time, turn, step, typeof(kind) AS kind_type, CAST(kind AS BLOB) AS kind, leaf, typeof(body) AS body_type, CAST(body AS BLOB) AS body'

/** Lookups that may fail in a row before the rest is given up as one span: a damaged size must not make it endless. */
const patience = 10_000

const blob = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array(0))

function toScanned(row: Row, nearest: number): Scanned {
  const { seq, time, turn, step, kind_type, kind, leaf, body_type, body } = row
  const at = typeof seq === 'number' ? seq : nearest
  const damage = (why: string): Scanned => ({ damage: { from: at, to: at, why } })
  if (
    typeof seq !== 'number' ||
    typeof time !== 'number' ||
    typeof turn !== 'number' ||
    typeof step !== 'number'
  ) {
    return damage('a number of it is not a number any more')
  }
  // An empty blob comes back as null from a cast; neither text may be empty anyway.
  if (kind_type !== 'text' || body_type !== 'text') return damage('its kind or its body is not text any more')
  if (!(leaf instanceof Uint8Array)) return damage('its leaf hash is not bytes any more')
  return {
    event: {
      seq,
      time,
      turn,
      step,
      kind: Buffer.from(blob(kind)).toString('latin1'),
      leaf,
      body: blob(body),
    },
  }
}

/**
 * Walks the events in the order in which they lie in the table, trusting nothing: where SQLite fails, it goes on event
 * by event up to `size`, and returns to walking at the next one that can be read. Never throws for damage. `from`: number of
 * the first event; default: whatever is there.
 */
export function* scanEvents(
  db: DatabaseSync,
  size: number,
  from = Number.MIN_SAFE_INTEGER,
): IterableIterator<Scanned> {
  let walk: StatementSync
  let one: StatementSync
  try {
    walk = db.prepare(`SELECT ${columns} FROM events WHERE seq >= ? ORDER BY seq`)
    one = db.prepare(`SELECT ${columns} FROM events WHERE seq = ?`)
  } catch (error) {
    yield { damage: { from: Math.max(1, from), to: Math.max(1, size), why: reasonOf(error) } }
    return
  }
  let next = from
  for (;;) {
    let why: string
    try {
      for (const row of walk.iterate(next)) {
        const scanned = toScanned(row, Math.max(1, next))
        const seq = 'event' in scanned ? scanned.event.seq : scanned.damage.to
        // A damaged number far outside must not make the walk jump over all that lies between.
        if (seq <= size) next = Math.max(next, seq + 1)
        yield scanned
      }
      return
    } catch (error) {
      why = reasonOf(error)
    }
    const start = Math.max(1, next)
    const resumed = firstReadable(one, start, Math.min(size, start + patience))
    const end = resumed === null ? size + 1 : integer(resumed, 'seq')
    if (end > start) yield { damage: { from: start, to: end - 1, why } }
    if (resumed === null) return
    yield toScanned(resumed, end)
    next = end + 1
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function firstReadable(one: StatementSync, from: number, to: number): Row | null {
  for (let seq = from; seq <= to; seq++) {
    try {
      const row = one.get(seq)
      if (row !== undefined && row['seq'] === seq) return row
    } catch {}
  }
  return null
}
