import type { DatabaseSync } from 'node:sqlite'
import { JournalError } from './journal-error.ts'
import { fromSqlite } from './sqlite-error.ts'

/** Runs work in one write transaction: all or none. Errors of SQLite become `JournalError`s about `path`. */
export type Transaction = <T>(work: () => T) => T

/** Prepares the statements once, because a commit is on the path of every event. */
export function createTransaction(db: DatabaseSync, path: string): Transaction {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  return (work) => {
    try {
      begin.run()
      const result = work()
      commit.run()
      return result
    } catch (error) {
      // SQLite has already rolled back by itself after some failures (disk full, I/O).
      if (db.isOpen && db.isTransaction) rollback.run()
      throw fromSqlite(error, path)
    }
  }
}

/** Runs a read and gives errors of SQLite as `JournalError`s about `path`. */
export function reading<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE') {
      throw new JournalError(
        'corrupt',
        `A number in ${path} is larger than any that the journal writes: the file is damaged.`,
        'Keep a copy of the file and verify the log to see which events are intact.',
        { path },
        error,
      )
    }
    throw fromSqlite(error, path)
  }
}
