import { documentsOf } from '@cairn/context'
import { openStore, sessionPath, type Event } from '@cairn/journal'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A stretch of recorded text in which a word was found. */
export interface SearchHit {
  session: string
  /** Position in the journal. */
  seq: number
  kind: string
}

/** Words of all sessions; a cache that may be deleted at any time. The texts themselves stay in the journals. */
export interface SearchIndex {
  /** Takes in what was recorded since, and leaves out sessions that are gone. */
  update(sessions: readonly string[]): void
  /** Stretches of sessions in which all terms stand somewhere, the best first. */
  find(terms: readonly string[], most: number): SearchHit[]
  close(): void
}

const FILE = 'search.db'
const VERSION = 1
const SCHEMA = `
CREATE TABLE taken(session TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE stretches(id INTEGER PRIMARY KEY, session TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL) STRICT;
CREATE INDEX stretches_session ON stretches(session);
CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
PRAGMA user_version = ${VERSION};`

/** What was said, run or printed at an event, in stretches. */
export function textsOf(event: Event): string[] {
  if (event.kind === 'session.renamed') return [event.body.title]
  return documentsOf(event, () => null).map(({ text }) => text)
}

/** Words and "quoted phrases" of a search as FTS5 terms; a term without a letter or digit is none. */
export function searchTerms(text: string): string[] {
  return [...text.matchAll(/"([^"]+)"|([^\s"]+)/gu)]
    .map(([, phrase, word]) => phrase ?? word ?? '')
    .filter((term) => /[\p{L}\p{N}]/u.test(term))
}

/** A phrase whose last word may go on. */
const ftsPhrase = (term: string): string => `"${term.replaceAll('"', '')}"*`

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  try {
    const version = db.prepare('PRAGMA user_version').get()?.['user_version']
    if (version !== VERSION) {
      if (version !== 0) throw new Error(`The index ${path} is of another version.`)
      db.exec(`PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; ${SCHEMA} COMMIT`)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Deletes the index, with the words of sessions that are to be forgotten; the next search makes it anew. */
export function dropSearchIndex(dataDir: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(join(dataDir, FILE) + end, { force: true })
}

/** Opens the index of a data folder; one that is damaged or of another version is made anew. */
export function openSearchIndex(dataDir: string, now: () => number): SearchIndex {
  const path = join(dataDir, FILE)
  let db: DatabaseSync
  try {
    db = open(path)
  } catch {
    dropSearchIndex(dataDir)
    db = open(path)
  }
  const forget = (session: string) => {
    db.prepare('DELETE FROM words WHERE rowid IN (SELECT id FROM stretches WHERE session = ?)').run(session)
    db.prepare('DELETE FROM stretches WHERE session = ?').run(session)
    db.prepare('DELETE FROM taken WHERE session = ?').run(session)
  }
  const atomically = (work: () => void) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      work()
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
  const takeIn = (session: string) => {
    const journal = sessionPath(dataDir, session)
    if (!existsSync(journal)) return
    const store = openStore(journal, { sessionId: session, mode: 'reader', now })
    try {
      const { size } = store.head()
      const seq = Number(db.prepare('SELECT seq FROM taken WHERE session = ?').get(session)?.['seq'] ?? 0)
      if (seq >= size) return
      const place = db.prepare('INSERT INTO stretches(session, seq, kind) VALUES(?, ?, ?)')
      const words = db.prepare('INSERT INTO words(rowid, text) VALUES(?, ?)')
      for (const event of store.read({ from: seq + 1, to: size }))
        for (const text of textsOf(event))
          words.run(place.run(session, event.seq, event.kind).lastInsertRowid, text)
      db.prepare('INSERT OR REPLACE INTO taken(session, seq) VALUES(?, ?)').run(session, size)
    } finally {
      store.close()
    }
  }
  return {
    update(sessions) {
      const known = new Set(sessions)
      const gone = db
        .prepare('SELECT session FROM taken')
        .all()
        .map((row) => String(row['session']))
        .filter((session) => !known.has(session))
      if (gone.length > 0) atomically(() => gone.forEach(forget))
      for (const session of sessions) {
        try {
          atomically(() => takeIn(session))
        } catch {
          // A damaged journal is told of by `cairn log verify`; the others can be searched.
        }
      }
    },
    find(terms, most) {
      const sessionsWith = db.prepare(
        'SELECT DISTINCT session FROM words JOIN stretches ON id = words.rowid WHERE words MATCH ?',
      )
      const sets = terms.map(
        (term) => new Set(sessionsWith.all(ftsPhrase(term)).map((row) => String(row['session']))),
      )
      const inAll = (session: string) => sets.every((set) => set.has(session))
      const hits: SearchHit[] = []
      const ranked = db.prepare(
        'SELECT session, seq, kind FROM words JOIN stretches ON id = words.rowid WHERE words MATCH ? ORDER BY bm25(words), id DESC',
      )
      for (const row of ranked.iterate(terms.map(ftsPhrase).join(' OR '))) {
        const session = String(row['session'])
        if (inAll(session)) hits.push({ session, seq: Number(row['seq']), kind: String(row['kind']) })
        if (hits.length >= most) break
      }
      return hits
    },
    close: () => db.close(),
  }
}
