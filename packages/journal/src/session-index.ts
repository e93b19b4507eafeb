import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { integer, text } from './row.ts'
import type { Row } from './row.ts'
import { isStatus, summarise } from './session-summary.ts'
import type { SessionSummary } from './session-summary.ts'
import { fromSqlite, sqliteCode, sqliteResult } from './sqlite-error.ts'

const indexFile = 'sessions.db'
const folder = 'sessions'
const extension = '.db'
const indexVersion = 2

const table = `
CREATE TABLE sessions(
  id TEXT PRIMARY KEY, cwd TEXT NOT NULL, title TEXT NOT NULL, started INTEGER NOT NULL, updated INTEGER NOT NULL,
  status TEXT NOT NULL, model TEXT NOT NULL, cost REAL, name TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_cwd ON sessions(cwd, updated);
PRAGMA user_version = ${indexVersion};`

// A name that is not said stays as it is: only few know of it.
const upsert = `
INSERT INTO sessions(id, cwd, title, started, updated, status, model, cost, name) VALUES(?,?,?,?,?,?,?,?,?)
ON CONFLICT(id) DO UPDATE SET cwd = excluded.cwd, title = excluded.title, started = excluded.started,
  updated = excluded.updated, status = excluded.status, model = excluded.model, cost = excluded.cost,
  name = coalesce(excluded.name, name)`

const ofFolder = 'WHERE cwd = ? ORDER BY updated DESC, id DESC'

/** Where the journal of a session lies. */
export const sessionPath = (dir: string, id: string): string => join(dir, folder, id + extension)

/** The sessions of a data folder, the last used first; `cwd` gives only those of one working directory. */
export function listSessions(dir: string, { cwd }: { cwd?: string } = {}): SessionSummary[] {
  return withIndex(dir, (db) =>
    (cwd === undefined
      ? db.prepare('SELECT * FROM sessions ORDER BY updated DESC, id DESC').all()
      : db.prepare(`SELECT * FROM sessions ${ofFolder}`).all(cwd)
    ).map(toSummary),
  )
}

/** A summary whose `name` may be left out: then it stays what it is. */
export type RecordedSession = Omit<SessionSummary, 'name'> & { name?: string | null }

/** Enters a session or brings its entry up to date. */
export function recordSession(dir: string, summary: RecordedSession): void {
  withIndex(dir, (db) => void insert(db, summary))
}

/** The session last used in a working directory; null where there is none. */
export function lastSession(dir: string, cwd: string): SessionSummary | null {
  return withIndex(dir, (db) => {
    const row = db.prepare(`SELECT * FROM sessions ${ofFolder} LIMIT 1`).get(cwd)
    return row === undefined ? null : toSummary(row)
  })
}

/** Makes the index anew from the journals, which are the truth; it is a cache and may be deleted at any time. */
export function rebuildIndex(dir: string): void {
  const sessions = join(dir, folder)
  mkdirSync(sessions, { recursive: true, mode: 0o700 })
  // Built aside and moved into place, so that another process sees the old or the new one, never half of it.
  const aside = join(dir, `${indexFile}.${randomBytes(6).toString('hex')}`)
  const db = new DatabaseSync(aside)
  try {
    db.exec(`PRAGMA synchronous = OFF; BEGIN; ${table}`)
    for (const name of readdirSync(sessions)) {
      if (!name.endsWith(extension)) continue
      const summary = summarise(join(sessions, name), name.slice(0, -extension.length))
      if (summary !== null) insert(db, summary)
    }
    db.exec('COMMIT')
    db.close()
    rmSync(join(dir, `${indexFile}-journal`), { force: true })
    renameSync(aside, join(dir, indexFile))
  } catch (error) {
    if (db.isOpen) db.close()
    rmSync(aside, { force: true })
    throw error
  }
}

/** Opens the index for one piece of work. One that is missing, damaged or of another version is rebuilt first. */
function withIndex<T>(dir: string, work: (db: DatabaseSync) => T): T {
  const path = join(dir, indexFile)
  if (!existsSync(path)) rebuildIndex(dir)
  try {
    const result = attempt(path, work)
    if (result !== null) return result.value
  } catch (error) {
    const code = sqliteCode(error)
    if (code !== sqliteResult.corrupt && code !== sqliteResult.notADatabase) throw fromSqlite(error, path)
  }
  rebuildIndex(dir)
  const again = attempt(path, work)
  if (again === null) throw new Error(`The index ${path} is of another version right after it was made.`)
  return again.value
}

/** Null where the index is of another version. */
function attempt<T>(path: string, work: (db: DatabaseSync) => T): { value: T } | null {
  const db = new DatabaseSync(path, { timeout: 5000 })
  try {
    if (integer(db.prepare('PRAGMA user_version').get() ?? {}, 'user_version') !== indexVersion) return null
    // The index can be rebuilt: waiting for the disk would only cost time.
    db.exec('PRAGMA synchronous = OFF')
    return { value: work(db) }
  } finally {
    db.close()
  }
}

function insert(
  db: DatabaseSync,
  { id, cwd, title, startedAt, updatedAt, status, model, costUsd, name = null }: RecordedSession,
): void {
  const times = [Math.floor(startedAt), Math.floor(updatedAt)]
  db.prepare(upsert).run(id, cwd, title, ...times, status, model, costUsd, name)
}

function toSummary(row: Row): SessionSummary {
  const status = text(row, 'status')
  const cost = row['cost']
  return {
    id: text(row, 'id'),
    cwd: text(row, 'cwd'),
    title: text(row, 'title'),
    startedAt: integer(row, 'started'),
    updatedAt: integer(row, 'updated'),
    status: isStatus(status) ? status : 'damaged',
    model: text(row, 'model'),
    costUsd: typeof cost === 'number' ? cost : null,
    name: textOrNull(row, 'name'),
  }
}

function textOrNull(row: Row, column: string): string | null {
  const value = row[column]
  return typeof value === 'string' ? value : null
}
