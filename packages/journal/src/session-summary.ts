import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { EndStatus } from './event.ts'
import { openForReading } from './open-database.ts'
import type { Row } from './row.ts'

/** What a list of sessions shows of one. Times are milliseconds since the epoch. */
export interface SessionSummary {
  id: string
  cwd: string
  title: string
  startedAt: number
  updatedAt: number
  /** `open`: it has not ended, or was resumed. `damaged`: its journal cannot be read. */
  status: EndStatus | 'open' | 'damaged'
  /** `provider/model`. */
  model: string
  costUsd: number | null
  /** Given by a person; null where the title is only the first request. */
  name: string | null
}

const statuses: readonly string[] = [
  'done',
  'answered',
  'done-with-open-items',
  'blocked',
  'budget',
  'refused',
  'failed',
  'cancelled',
  'open',
] satisfies (EndStatus | 'open')[]

/** Whether a word is a status of a session. */
export const isStatus = (word: string): word is SessionSummary['status'] =>
  statuses.includes(word) || word === 'damaged'

const started = `
SELECT time, body ->> '$.cwd' AS cwd,
  coalesce((SELECT body ->> '$.title' FROM events WHERE kind = 'session.renamed' ORDER BY seq DESC LIMIT 1),
    body ->> '$.title') AS title,
  (SELECT body ->> '$.title' FROM events WHERE kind = 'session.renamed'
    AND seq > (SELECT coalesce(max(seq), 0) FROM events WHERE kind = 'session.forked')
    ORDER BY seq DESC LIMIT 1) AS name,
  body ->> '$.model.provider' AS provider, body ->> '$.model.id' AS model
FROM events WHERE kind = 'session.started' AND body ->> '$.parent' IS NULL ORDER BY seq LIMIT 1`

// What was appended after the end belongs to a session that goes on.
const ended = `
SELECT time, CASE WHEN kind = 'session.finished' THEN body ->> '$.status' ELSE 'open' END AS status
FROM events WHERE seq = (SELECT max(seq) FROM events)`

const cost = `
SELECT sum(body ->> '$.costUsd') AS cost FROM events WHERE kind IN ('model.answered', 'subagent.finished')`

/** Derives the summary from a session's journal; null where the file holds no session yet, or that of a sub-agent. */
export function summarise(path: string, id: string): SessionSummary | null {
  let db: DatabaseSync | null = null
  try {
    db = openForReading(path)
    const first = db.prepare(started).get()
    if (first === undefined) return null
    const last = db.prepare(ended).get() ?? {}
    const status = word(last, 'status')
    const spent = db.prepare(cost).get()?.['cost']
    return {
      id,
      cwd: word(first, 'cwd'),
      title: word(first, 'title'),
      startedAt: Number(first['time']),
      updatedAt: Number(last['time']),
      status: isStatus(status) ? status : 'open',
      model: `${word(first, 'provider')}/${word(first, 'model')}`,
      costUsd: typeof spent === 'number' ? spent : null,
      name: word(first, 'name') || null,
    }
  } catch {
    // A damaged session stays in the list: hiding it would look like losing it.
    const time = Math.floor(statSync(path).mtimeMs)
    return {
      id,
      cwd: '',
      title: '',
      startedAt: time,
      updatedAt: time,
      status: 'damaged',
      model: '',
      costUsd: null,
      name: null,
    }
  } finally {
    db?.close()
  }
}

function word(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : ''
}
