import { hash } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Event } from '@cairn/journal'
import { documentsOf } from './documents.ts'
import { indexTerms } from './tokenise.ts'
import type { WeighedTerm } from './weigh-terms.ts'

export interface IndexHit {
  seq: number
  kind: string
  blob: string
  line: number
  /** Which stretch of the event it is, from 0. */
  part: number
  score: number
}

export interface RecallIndex {
  /** Position of the last event in the index. */
  position(): number
  add(events: Iterable<Event>, blob: (sha256: string) => Uint8Array | null): void
  /** Passages with the heaviest of these terms, best first, and with all of them. */
  search(terms: readonly WeighedTerm[], limit: number): IndexHit[]
  /** Passages in the index, and those with one term. */
  frequency: Frequencies
  close(): void
}

const VERSION = 5
/** Weights of path and text in BM25. */
const WEIGHTS = '2.0, 1.0'
/** Terms kept before a segment is written: fewer segments to merge while a long journal is read. */
const HASH_BYTES = 8_000_000

/**
 * A full-text index over the journal, in memory or in a file. A cache: a file of another version, of another journal
 * (`event` does not give the event it ends with), or one that cannot be read, is built again. FTS5 stores terms only
 * (`content=''`); texts stay in the journal.
 */
export function openIndex(
  file: string | undefined,
  event: (seq: number) => Event | null = () => null,
): RecallIndex {
  let db = openDatabase(file)
  if (file !== undefined && !belongs(db, event)) {
    db.close()
    removeIndex(file)
    db = openDatabase(file)
  }
  const insertDocument = db.prepare(
    'insert into document(seq, kind, blob, line, part) values (?, ?, ?, ?, ?)',
  )
  const insertTerms = db.prepare('insert into term(rowid, path, text) values (?, ?, ?)')
  const set = db.prepare(
    'insert into meta(name, value) values (?, ?) on conflict(name) do update set value = excluded.value',
  )
  const find = db.prepare(
    `select d.seq, d.kind, d.blob, d.line, d.part, -t.rank as score
     from (select rowid, rank from term where term match ? order by rank limit ?) t join document d on d.id = t.rowid
     order by t.rank, d.seq desc`,
  )
  const newest = db.prepare(
    `select d.seq, d.kind, d.blob, d.line, d.part, 0 as score
     from (select rowid from term where term match ? order by rowid desc limit ?) t join document d on d.id = t.rowid
     order by d.id desc`,
  )
  const frequency = frequencies(db)
  let position = Number(db.prepare("select value from meta where name = 'position'").get()?.value ?? 0)
  return {
    position: () => position,
    add(events, blob) {
      const cache = new Map<string, string>()
      const terms = (text: string) => (text === '' ? '' : indexTerms(text, cache))
      const from = position
      let begun = false
      let last: Event | null = null
      try {
        for (const event of events) {
          if (event.seq <= position) continue
          last = event
          if (!begun) db.exec('begin')
          begun = true
          for (const [part, doc] of documentsOf(event, blob).entries()) {
            const { lastInsertRowid } = insertDocument.run(doc.seq, doc.kind, doc.blob, doc.line, part)
            insertTerms.run(lastInsertRowid, terms(doc.path), terms(doc.text))
          }
          position = event.seq
        }
        if (last === null) return
        set.run('position', position)
        set.run('last', digestOf(last))
        db.exec('commit')
      } catch (error) {
        if (begun) db.exec('rollback')
        position = from
        throw error
      }
    },
    search: (terms, limit) => search({ find, newest, frequency }, terms, limit),
    frequency,
    close: () => db.close(),
  }
}

/** Takes the file away, with what SQLite keeps beside it. */
export function removeIndex(file: string): void {
  const { rmSync } = process.getBuiltinModule('node:fs')
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${part}`, { force: true })
}

/** Whether the index is empty or ends with an event that the journal has. */
function belongs(db: DatabaseSync, event: (seq: number) => Event | null): boolean {
  const value = (name: string) => db.prepare('select value from meta where name = ?').get(name)?.value
  const position = Number(value('position') ?? 0)
  const last = position === 0 ? null : event(position)
  return position === 0 || (last !== null && value('last') === digestOf(last))
}

function digestOf({ seq, time, kind, body }: Event): string {
  return hash('sha256', JSON.stringify([seq, time, kind, body]))
}

/** Below this many passages even the commonest word is cheap to rank. */
const SMALL = 5000

interface Search {
  find: StatementSync
  newest: StatementSync
  frequency: Frequencies
}

/** Terms that are asked for one by one, so that no common word can push out the passages of a rare one. */
const ALONE = 4

/**
 * Ranking reads every passage with a word: where a query has rare words, its common ones are left out; where it has
 * none, rank says nothing, and the newest passages with its rarest words together are the answer.
 */
function search(
  { find, newest, frequency }: Search,
  terms: readonly WeighedTerm[],
  limit: number,
): IndexHit[] {
  const most = Math.max(SMALL / 5, frequency.total() / 50)
  const rare = terms.filter(({ count }) => count <= most)
  const found = new Map<string, IndexHit>()
  const add = (hits: readonly IndexHit[]) => {
    for (const hit of hits) {
      const key = `${hit.seq}/${hit.part}`
      if (!found.has(key)) found.set(key, hit)
    }
  }
  if (rare.length > 1) add(match(find, rare, ' OR ', limit))
  for (const term of rare.slice(0, ALONE)) add(match(find, [term], '', limit))
  for (const count of rare.length > 0 ? [] : [4, 3, 2, 1])
    if (found.size === 0 && terms.length >= count) add(match(newest, terms.slice(0, count), ' AND ', limit))
  return [...found.values()]
}

function match(
  statement: StatementSync,
  terms: readonly { term: string }[],
  joint: string,
  limit: number,
): IndexHit[] {
  const rows = statement.all(terms.map(({ term }) => `"${term.replaceAll('"', '')}"`).join(joint), limit)
  return rows.map((row) => ({
    seq: Number(row.seq),
    kind: String(row.kind),
    blob: String(row.blob),
    line: Number(row.line),
    part: Number(row.part),
    score: Number(row.score),
  }))
}

interface Frequencies {
  /** Passages in the index. */
  total(): number
  /** Passages with a term. */
  of(term: string): number
}

function frequencies(db: DatabaseSync): Frequencies {
  const total = db.prepare('select max(id) as total from document')
  const one = db.prepare('select doc from vocabulary where term = ?')
  return { total: () => Number(total.get()?.total ?? 0), of: (term) => Number(one.get(term)?.doc ?? 0) }
}

/** `node:sqlite` is loaded on first use: sessions that never recall do not pay for it. */
function openDatabase(file: string | undefined): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const open = (path: string): DatabaseSync => {
    const db = new DatabaseSync(path)
    try {
      // In a file a transaction survives the death of the process; what a loss of power breaks is built again.
      db.exec(`pragma journal_mode = ${path === ':memory:' ? 'off' : 'wal'}; pragma synchronous = off`)
      const { user_version: version } = db.prepare('pragma user_version').get() ?? {}
      if (version !== VERSION) {
        db.exec(`
          drop table if exists vocabulary; drop table if exists term; drop table if exists document; drop table if exists meta;
          create table meta(name text primary key, value text) without rowid;
          create table document(id integer primary key, seq integer, kind text, blob text, line integer, part integer);
          create virtual table term using fts5(path, text, content='', detail=column, tokenize='unicode61 remove_diacritics 2');
          insert into term(term, rank) values ('rank', 'bm25(${WEIGHTS})');
          insert into term(term, rank) values ('hashsize', ${HASH_BYTES});
          create virtual table vocabulary using fts5vocab(term, 'row');
          pragma user_version = ${VERSION}`)
      }
      db.prepare('select count(*) from meta').get()
      return db
    } catch (error) {
      db.close()
      throw error
    }
  }
  if (file === undefined) return open(':memory:')
  try {
    return open(file)
  } catch {
    removeIndex(file)
    return open(file)
  }
}
