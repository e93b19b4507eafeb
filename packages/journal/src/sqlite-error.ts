import { JournalError } from './journal-error.ts'

/** Primary result code of an error of node:sqlite, or null where it is another error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** SQLite's primary result codes that callers tell apart (https://sqlite.org/rescode.html). */
export const sqliteResult = {
  logic: 1,
  busy: 5,
  locked: 6,
  corrupt: 11,
  cannotOpen: 14,
  notADatabase: 26,
} as const

/** The journal's error for what SQLite reports about the file at `path`; other errors pass unchanged. */
export function fromSqlite(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return new JournalError('closed', `The journal ${path} was closed.`, 'Open it again.', { path }, error)
  }
  const code = sqliteCode(error)
  if (code === null || !(error instanceof Error)) return error
  const facts = { path }
  const why = error.message
  switch (code) {
    case sqliteResult.busy:
    case sqliteResult.locked:
      return new JournalError(
        'busy',
        `The journal ${path} is in use by another process: ${why}.`,
        'Try again; if it lasts, look for a process that holds the file open.',
        facts,
        error,
      )
    case 8:
      return new JournalError(
        'read-only',
        `The journal ${path} cannot be written: ${why}.`,
        'Check the permissions of the file and of its folder.',
        facts,
        error,
      )
    // Our statements are right, so a logic error means that the schema is not ours any more.
    case sqliteResult.logic:
    case sqliteResult.corrupt:
      return new JournalError(
        'corrupt',
        `The journal ${path} is damaged: ${why}.`,
        'Keep a copy of the file; verify the log to see which events are intact, and read those.',
        facts,
        error,
      )
    case 13:
      return new JournalError(
        'disk-full',
        `The journal ${path} could not grow: no space is left. Nothing that was acknowledged is lost.`,
        'Free some space and try again.',
        facts,
        error,
      )
    case sqliteResult.notADatabase:
      return new JournalError(
        'not-a-journal',
        `${path} is not a journal: ${why}.`,
        'Check the path; if it was a journal, its first page is damaged: restore it from a copy or an export.',
        facts,
        error,
      )
    default:
      return new JournalError(
        'io',
        `The journal ${path} could not be read or written: ${why}. Nothing that was acknowledged is lost.`,
        'Check the disk, its quota, and the permissions of the folder.',
        facts,
        error,
      )
  }
}
