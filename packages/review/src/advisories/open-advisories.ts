import { DatabaseSync } from 'node:sqlite'
import type { Ecosystem } from '../sbom/locked-package.ts'
import { packageName, readAdvisories, type Advisory } from './advisory.ts'
import { readRecords } from './read-records.ts'

export interface ImportResult {
  /** Records that were read, withdrawn ones and those about other ecosystems included. */
  records: number
  advisories: number
  /** Texts that are no records: the first of them with the reason, and how many. */
  bad: { count: number; first: { source: string; why: string }[] }
}

interface AdvisoryStatus {
  ecosystem: string
  advisories: number
  packages: number
  /** When the newest record was changed, RFC 3339. */
  newest: string
}

/** Advisories by package, on this machine. */
export interface Advisories {
  find(ecosystem: Ecosystem, name: string): Advisory[]
  /** Adds or replaces what a database says. Throws `ReviewError` `bad-database` where it is none. */
  import(path: string): Promise<ImportResult>
  status(): AdvisoryStatus[]
  close(): void
}

const NAMED = 10
const BATCH = 2_000

function recordsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  const vulns: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'vulns') : null
  return Array.isArray(vulns) ? vulns : [value]
}

/** Opens or makes a store of advisories; `:memory:` for one that is not kept. */
export function openAdvisories(path: string): Advisories {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS advisory(ecosystem TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, modified TEXT NOT NULL,
      body TEXT NOT NULL, PRIMARY KEY(ecosystem, name, id)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS advisory_id ON advisory(id)`)
  const select = db.prepare('SELECT body FROM advisory WHERE ecosystem = ? AND name = ? ORDER BY id')
  const remove = db.prepare('DELETE FROM advisory WHERE id = ?')
  const insert = db.prepare('INSERT OR REPLACE INTO advisory VALUES(?, ?, ?, ?, ?)')
  return {
    find: (ecosystem, name) =>
      select
        .all(ecosystem, packageName(ecosystem, name))
        // Written below, from an `Advisory`.
        .map(({ body }) => JSON.parse(String(body)) as Advisory),
    async import(from) {
      const result: ImportResult = { records: 0, advisories: 0, bad: { count: 0, first: [] } }
      const refuse = (source: string, why: string) => {
        result.bad.count += 1
        if (result.bad.first.length < NAMED) result.bad.first.push({ source, why })
      }
      const take = (record: unknown, source: string) => {
        const found = readAdvisories(record)
        if (found === null) return refuse(source, 'it has no id or no list of what is affected')
        result.records += 1
        const id: unknown = Reflect.get(Object(record), 'id')
        remove.run(String(id))
        for (const one of found) {
          insert.run(one.ecosystem, one.name, one.id, one.modified, JSON.stringify(one))
          result.advisories += 1
        }
      }
      let pending = 0
      db.exec('BEGIN')
      try {
        for await (const { source, text } of readRecords(from)) {
          if (text === null) {
            refuse(source, 'it is larger than a record can be')
            continue
          }
          let value: unknown
          try {
            value = JSON.parse(text)
          } catch (error) {
            refuse(source, error instanceof Error ? error.message : String(error))
            continue
          }
          for (const record of recordsOf(value)) take(record, source)
          pending += 1
          if (pending % BATCH === 0) db.exec('COMMIT; BEGIN')
        }
        db.exec('COMMIT')
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
      return result
    },
    status: () =>
      db
        .prepare(
          'SELECT ecosystem, count(*) AS advisories, count(DISTINCT name) AS packages, max(modified) AS newest FROM advisory GROUP BY ecosystem ORDER BY ecosystem',
        )
        .all()
        .map(({ ecosystem, advisories, packages, newest }) => ({
          ecosystem: String(ecosystem),
          advisories: Number(advisories),
          packages: Number(packages),
          newest: String(newest),
        })),
    close: () => db.close(),
  }
}
