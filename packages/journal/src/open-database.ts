import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { JournalError } from './journal-error.ts'
import { integer } from './row.ts'
import { pause } from './pause.ts'
import { applicationId, schema, schemaVersion } from './schema.ts'
import { fromSqlite, sqliteCode, sqliteResult } from './sqlite-error.ts'

const busyMs = 5000
const creationTries = 40
const creationPauseMs = 25

const pragma = (db: DatabaseSync, name: string): number =>
  integer(db.prepare(`PRAGMA ${name}`).get() ?? {}, name)

/** Whether the file is a journal of a version that this code knows; `empty` where there is nothing in it yet. */
function identify(db: DatabaseSync, path: string): 'journal' | 'empty' {
  const application = pragma(db, 'application_id')
  const version = pragma(db, 'user_version')
  if (
    application === 0 &&
    version === 0 &&
    db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  )
    return 'empty'
  if (application !== applicationId) {
    throw new JournalError(
      'not-a-journal',
      `${path} is an SQLite file of another application.`,
      'Check the path; the file was left as it is.',
      { path, application },
    )
  }
  if (version > schemaVersion) {
    throw new JournalError(
      'newer-version',
      `${path} was written by a newer cairn: its format is version ${version}, this one knows ${schemaVersion}.`,
      'Update cairn; the file was left as it is.',
      { path, version, known: schemaVersion },
    )
  }
  return 'journal'
}

function createSchema(db: DatabaseSync, sessionId: string, path: string): void {
  db.exec('PRAGMA journal_mode = WAL')
  db.exec('BEGIN IMMEDIATE')
  // Another process may have made the tables between the look at the file and the lock.
  if (identify(db, path) === 'empty') {
    db.exec(schema)
    db.prepare('INSERT INTO journal(id, session, size, frontier, fence) VALUES(1, ?, 0, ?, 0)').run(
      sessionId,
      Buffer.alloc(0),
    )
  }
  db.exec('COMMIT')
}

/**
 * Opens the file of a session for writing and creates it, readable by its owner only, where it does not exist.
 * `power` makes each commit survive a loss of power (an fsync each); `process` makes it survive the death of the process.
 */
export function openForWriting(
  path: string,
  sessionId: string,
  durability: 'process' | 'power',
): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // SQLite would create the file with the umask's permissions, and gives its WAL the same as the file.
  closeSync(openSync(path, 'a', 0o600))
  for (let left = creationTries; ; left -= 1) {
    try {
      return tryWriting(path, sessionId, durability)
    } catch (error) {
      // Switching to WAL does not wait for others who create the same file: SQLite's busy timeout leaves it out.
      if (sqliteCode(error) !== sqliteResult.busy || left === 0) throw fromSqlite(error, path)
      pause(creationPauseMs)
    }
  }
}

function tryWriting(path: string, sessionId: string, durability: 'process' | 'power'): DatabaseSync {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(path, { timeout: busyMs })
    if (identify(db, path) === 'empty') createSchema(db, sessionId, path)
    db.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`)
    db.exec('PRAGMA journal_size_limit = 16777216')
    return db
  } catch (error) {
    db?.close()
    throw error
  }
}

function tryReading(path: string | URL, salvage: boolean, name: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: busyMs, defensive: !salvage })
  try {
    // Lets SQLite read a file that is shorter than its header says.
    if (salvage) db.exec('PRAGMA writable_schema = ON')
    if (identify(db, name) === 'empty') {
      throw new JournalError('not-found', `${name} holds no journal yet.`, 'Open it for writing first.', {
        path: name,
      })
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens the file of a session for reading only, even where it is cut short or lies on a read-only disk. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) {
    throw new JournalError(
      'not-found',
      `There is no journal at ${path}.`,
      'Check the session id and the data folder.',
      { path },
    )
  }
  try {
    return tryReading(path, false, path)
  } catch (error) {
    try {
      const code = sqliteCode(error)
      if (code === sqliteResult.corrupt) return tryReading(path, true, path)
      // A WAL file needs its -shm beside it, which a read-only folder does not allow; without a WAL nothing can change.
      if (code === sqliteResult.cannotOpen && !existsSync(`${path}-wal`)) {
        return tryReading(new URL(`${pathToFileURL(path).href}?immutable=1`), false, path)
      }
    } catch (second) {
      throw fromSqlite(second, path)
    }
    throw fromSqlite(error, path)
  }
}
