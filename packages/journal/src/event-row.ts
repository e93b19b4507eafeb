import { Buffer } from 'node:buffer'
import type { Event, NewEvent } from './event.ts'
import { eventLeaf } from './event-leaf.ts'
import { JournalError } from './journal-error.ts'
import { bytes, integer, text } from './row.ts'
import type { Row } from './row.ts'

/** An event ready to be inserted: its body as JSON and its leaf hash. */
export interface EventRow {
  seq: number
  time: number
  turn: number
  step: number
  kind: string
  leaf: Uint8Array
  body: string
}

// Kinds need no escaping in JSON, which keeps the lines of an export canonical.
const kindPattern = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/

/** Encodes an event that is to get `seq`. Throws `JournalError` `bad-event` for what the journal could not give back. */
export function encodeEvent(event: NewEvent, seq: number): EventRow {
  const { time, turn, step, kind } = event
  const body: string | undefined = JSON.stringify(event.body)
  const leaf =
    body === undefined || !kindPattern.test(kind) || kind.length > 100
      ? null
      : eventLeaf({ seq, time, turn, step, kind, body: Buffer.from(body, 'utf8') })
  if (body === undefined || leaf === null) {
    throw new JournalError(
      'bad-event',
      `An event of kind "${kind}" (time ${time}, turn ${turn}, step ${step}) cannot be kept: times are whole milliseconds, ` +
        'turn and step whole numbers from 0, a kind is lower-case words with dots, a body is JSON.',
      'Nothing was appended. Correct the event and append again.',
      { kind, time, turn, step },
    )
  }
  return { seq, time, turn, step, kind, leaf, body }
}

/** The event as readers get it. `body` is parsed from what is stored, so that appending and reading give the same. */
export function decodeEvent(row: EventRow): Event {
  const { seq, time, turn, step, kind } = row
  try {
    const body: unknown = JSON.parse(row.body)
    // The types of kind and body were checked by the compiler where the event was appended; `verifyLog` proves that
    // the bytes are still those.
    return { seq, time, turn, step, kind, body } as Event
  } catch (error) {
    throw damagedEvent(seq, 'its body is not JSON', error)
  }
}

/** Reads the columns of `events`. Throws `JournalError` `corrupt`, with the seq, where one is not of its type. */
export function readEventRow(row: Row): EventRow {
  const seq = integer(row, 'seq')
  try {
    return {
      seq,
      time: integer(row, 'time'),
      turn: integer(row, 'turn'),
      step: integer(row, 'step'),
      kind: text(row, 'kind'),
      leaf: bytes(row, 'leaf'),
      body: text(row, 'body'),
    }
  } catch (error) {
    throw damagedEvent(seq, 'a column is not of its type', error)
  }
}

/** The error for an event that cannot be read; reading can go on after `facts.seq`. */
export function damagedEvent(seq: number, why: string, cause?: unknown): JournalError {
  return new JournalError(
    'corrupt',
    `Event ${seq} of the journal is damaged: ${why}.`,
    `Keep a copy of the file and verify the log; the events after it can be read from ${seq + 1} on.`,
    { seq },
    cause,
  )
}
