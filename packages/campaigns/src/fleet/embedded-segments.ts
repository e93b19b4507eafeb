import type { SQLInputValue } from 'node:sqlite'
import type { Claim } from './fleet.ts'
import { segmentGap } from './lease-lost.ts'
import { placeSegment, type SavedSession, type SessionHead, type SessionSegment } from './segment.ts'

type Row = Record<string, SQLInputValue | undefined>

/** How statements are run, inside the transaction of the caller. */
interface Statements {
  run(sql: string, ...values: SQLInputValue[]): number
  row(sql: string, ...values: SQLInputValue[]): Row | undefined
  rows(sql: string, ...values: SQLInputValue[]): Row[]
}

/** Sessions of jobs in the embedded fleet. Every call has to happen in a transaction that has looked at the claim. */
export interface EmbeddedSegments {
  save(claim: Claim, segment: SessionSegment): 'saved' | 'too-large'
  read(claim: Claim): SavedSession | null
  /** Whether a claim has added to the session. */
  hasGrown(queue: string, job: string, fence: number): boolean
  forget(queue: string, job: string): void
  /** Those of jobs that nobody will claim any more. */
  forgetEnded(queue: string): void
}

const TABLES = ['sessions', 'segments', 'segment_blobs']

const text = (row: Row | undefined, name: string): string => {
  const value = row?.[name]
  return typeof value === 'string' ? value : ''
}
const number = (row: Row | undefined, name: string): number => {
  const value = row?.[name]
  return typeof value === 'number' ? value : 0
}
const bytes = (row: Row | undefined, name: string): Uint8Array => {
  const value = row?.[name]
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}

export function embeddedSegments({ run, row, rows }: Statements): EmbeddedSegments {
  const headOf = ({ queue, job }: Claim): SessionHead | null => {
    const found = row(
      'SELECT session, last, root, bytes, length(patch) AS patch FROM sessions WHERE queue = ? AND job = ?',
      queue,
      job,
    )
    if (found === undefined) return null
    return {
      session: text(found, 'session'),
      last: number(found, 'last'),
      root: text(found, 'root'),
      bytes: number(found, 'bytes'),
      patch: number(found, 'patch'),
    }
  }
  const forget = (queue: string, job: string) => {
    for (const table of TABLES) run(`DELETE FROM ${table} WHERE queue = ? AND job = ?`, queue, job)
  }
  return {
    save(claim, segment) {
      const { queue, job, fence, worker } = claim
      const { session, first, last, root, signer, tree } = segment
      const place = placeSegment(headOf(claim), segment)
      if (place.kind === 'gap') throw segmentGap(claim, segment)
      if (place.kind === 'too-large') return 'too-large'
      if (place.kind === 'known') return 'saved'
      if (place.kind === 'begin') forget(queue, job)
      run('INSERT INTO segments VALUES(?, ?, ?, ?, ?, ?)', queue, job, first, last, fence, segment.events)
      for (const blob of segment.blobs)
        run('INSERT OR IGNORE INTO segment_blobs VALUES(?, ?, ?, ?)', queue, job, blob.sha256, blob.bytes)
      run(
        `INSERT INTO sessions(queue, job, session, last, root, vkey, note, worker, bytes, base, tree, patch)
         VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT(queue, job) DO UPDATE SET last = excluded.last, root = excluded.root, vkey = excluded.vkey, note = excluded.note,
           worker = excluded.worker, bytes = excluded.bytes, base = coalesce(excluded.base, base),
           tree = coalesce(excluded.tree, tree), patch = coalesce(excluded.patch, patch)`,
        queue,
        job,
        session,
        last,
        root,
        signer.vkey,
        signer.note,
        worker,
        place.bytes,
        tree?.base ?? null,
        tree?.tree ?? null,
        tree?.patch ?? null,
      )
      return 'saved'
    },
    read({ queue, job }) {
      const head = row('SELECT * FROM sessions WHERE queue = ? AND job = ?', queue, job)
      if (head === undefined) return null
      const base = text(head, 'base')
      return {
        session: text(head, 'session'),
        last: number(head, 'last'),
        root: text(head, 'root'),
        signer: { vkey: text(head, 'vkey'), note: text(head, 'note') || null },
        worker: text(head, 'worker'),
        tree: base === '' ? null : { base, tree: text(head, 'tree'), patch: bytes(head, 'patch') },
        events: rows(
          'SELECT events FROM segments WHERE queue = ? AND job = ? ORDER BY first',
          queue,
          job,
        ).map((found) => bytes(found, 'events')),
        blobs: rows(
          'SELECT sha256, data FROM segment_blobs WHERE queue = ? AND job = ? ORDER BY sha256',
          queue,
          job,
        ).map((found) => ({ sha256: text(found, 'sha256'), bytes: bytes(found, 'data') })),
      }
    },
    hasGrown: (queue, job, fence) =>
      row('SELECT 1 FROM segments WHERE queue = ? AND job = ? AND fence = ?', queue, job, fence) !==
      undefined,
    forget,
    forgetEnded(queue) {
      for (const found of rows(
        `SELECT s.job FROM sessions s LEFT JOIN jobs j ON j.queue = s.queue AND j.id = s.job
         WHERE s.queue = ? AND (j.id IS NULL OR j.state IN ('done', 'dead'))`,
        queue,
      ))
        forget(queue, text(found, 'job'))
    },
  }
}
