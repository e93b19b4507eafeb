import type { SQLOutputValue } from 'node:sqlite'
import { JournalError } from './journal-error.ts'

/** A row as node:sqlite gives it. */
export type Row = Record<string, SQLOutputValue>

function mistyped(column: string): JournalError {
  return new JournalError(
    'corrupt',
    `The column ${column} of a journal row does not hold what was written there: the file is damaged.`,
    'Keep a copy of the file and verify the log to see which events are intact.',
    { column },
  )
}

/** The integer in a column; `JournalError` `corrupt` where it is none. */
export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw mistyped(column)
  return value
}

/** The text in a column; `JournalError` `corrupt` where it is none. */
export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw mistyped(column)
  return value
}

/** The bytes in a column; `JournalError` `corrupt` where it holds none. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw mistyped(column)
  return value
}
