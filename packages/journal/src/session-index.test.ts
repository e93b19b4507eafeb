import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { NewEvent, Usage } from './event.ts'
import { openStore } from './open-store.ts'
import { lastSession, listSessions, rebuildIndex, recordSession, sessionPath } from './session-index.ts'
import type { SessionSummary } from './session-summary.ts'
import { message } from './testing/events.ts'
import { tempDir } from './testing/temp-dir.ts'

const usage: Usage = { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 }
const place = { turn: 1, step: 0 }

const started = (time: number, cwd: string): NewEvent => ({
  time,
  ...place,
  kind: 'session.started',
  body: { version: '0', cwd, model: { provider: 'acme', id: 'large' }, title: 'Mend it', check: null },
})

const answered = (time: number, costUsd: number | null): NewEvent => ({
  time,
  ...place,
  kind: 'model.answered',
  body: { model: 'large', served: null, parts: [], usage, costUsd, finish: 'stop', ms: 1 },
})

const finished = (time: number): NewEvent => ({
  time,
  ...place,
  kind: 'session.finished',
  body: { status: 'done', summary: '', openItems: [], evidence: [], steps: 1, costUsd: 0.75, usage },
})

function journal(dir: string, id: string, events: NewEvent[]): void {
  const store = openStore(sessionPath(dir, id), { sessionId: id, mode: 'writer', now: Date.now })
  store.append(events)
  store.close()
}

function summary(id: string, updatedAt: number, cwd = '/project'): SessionSummary {
  return {
    id,
    cwd,
    title: 'A title',
    startedAt: 1,
    updatedAt,
    status: 'open',
    model: 'acme/large',
    costUsd: null,
    name: null,
  }
}

/** A folder with three journals: one finished, one resumed after its end, one empty. */
function folder(): string {
  const dir = tempDir()
  journal(dir, 'a', [
    started(10, '/project'),
    answered(20, 0.25),
    answered(30, null),
    answered(40, 0.5),
    finished(50),
  ])
  journal(dir, 'b', [started(15, '/project'), finished(60), message('go on', 70)])
  journal(dir, 'c', [])
  return dir
}

const ofA = {
  id: 'a',
  cwd: '/project',
  title: 'Mend it',
  startedAt: 10,
  updatedAt: 50,
  status: 'done',
  model: 'acme/large',
  costUsd: 0.75,
  name: null,
}
const ofB = { ...ofA, id: 'b', startedAt: 15, updatedAt: 70, status: 'open', costUsd: null }

test('an index that is missing is made from the journals', () => {
  expect(listSessions(folder())).toEqual([ofB, ofA])
  expect(listSessions(join(tempDir(), 'nothing', 'yet'))).toEqual([])
})

test('sessions are listed by last use, and by working directory', () => {
  const dir = folder()
  recordSession(dir, summary('x', 100, '/other'))
  recordSession(dir, summary('y', 5))
  expect(listSessions(dir).map((one) => one.id)).toEqual(['x', 'b', 'a', 'y'])
  expect(listSessions(dir, { cwd: '/project' }).map((one) => one.id)).toEqual(['b', 'a', 'y'])
  expect(lastSession(dir, '/project')).toEqual(ofB)
  expect(lastSession(dir, '/nowhere')).toBeNull()
  recordSession(dir, { ...ofA, status: 'blocked', updatedAt: 200 })
  expect(lastSession(dir, '/project')).toMatchObject({ id: 'a', status: 'blocked', updatedAt: 200 })
  expect(listSessions(dir)).toHaveLength(4)
})

test.each([
  ['overwritten', (index: string) => writeFileSync(index, randomBytes(9000))],
  ['cut off', (index: string) => truncateSync(index, 4096 + 10)],
  ['empty', (index: string) => truncateSync(index, 0)],
  ['removed', (index: string) => rmSync(index)],
  ['of another version', (index: string) => new DatabaseSync(index).exec('PRAGMA user_version = 7')],
])('an index that is %s is made anew', (_, damage) => {
  const dir = folder()
  listSessions(dir)
  damage(join(dir, 'sessions.db'))
  expect(listSessions(dir)).toEqual([ofB, ofA])
  recordSession(dir, summary('x', 100))
  expect(listSessions(dir).map((one) => one.id)).toEqual(['x', 'b', 'a'])
  expect(readdirSync(dir).toSorted()).toEqual(['sessions', 'sessions.db'])
})

test('a damaged journal stays in the list', () => {
  const dir = folder()
  writeFileSync(sessionPath(dir, 'd'), 'not a journal')
  rebuildIndex(dir)
  expect(listSessions(dir).find((one) => one.id === 'd')).toMatchObject({ status: 'damaged', title: '' })
  expect(listSessions(dir)).toHaveLength(3)
})

test('several processes may record at once', async () => {
  const dir = tempDir()
  listSessions(dir)
  const url = new URL('session-index.ts', import.meta.url).href
  const code = `
    const { workerData } = require('node:worker_threads')
    import(workerData.url).then(({ recordSession }) => {
      for (let i = 0; i < 40; i++) recordSession(workerData.dir, { ...workerData.summary, id: workerData.name + i })
    })`
  const ends = ['a', 'b', 'c'].map((name) => {
    const worker = new Worker(code, { eval: true, workerData: { url, dir, name, summary: summary('', 1) } })
    return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
  })
  await Promise.all(ends)
  expect(listSessions(dir)).toHaveLength(120)
  expect(existsSync(join(dir, 'sessions.db-journal'))).toBe(false)
})

test('a name stays until another is given, comes back from the journal, and is not that of a copy', () => {
  const dir = tempDir()
  journal(dir, 'w', [
    {
      time: 1,
      ...place,
      kind: 'session.started',
      body: {
        version: '0',
        cwd: '/project',
        model: { provider: 'acme', id: 'large' },
        title: 'Mend it',
        check: null,
      },
    },
    { time: 2, ...place, kind: 'session.renamed', body: { title: 'port work' } },
  ])
  rebuildIndex(dir)
  expect(lastSession(dir, '/project')).toMatchObject({ id: 'w', name: 'port work' })
  const { name: _name, ...rest } = summary('w', 9, '/project')
  recordSession(dir, rest)
  expect(listSessions(dir, { cwd: '/project' })).toMatchObject([{ id: 'w', name: 'port work', updatedAt: 9 }])
  journal(dir, 'copy', [
    started(1, '/project'),
    { time: 2, ...place, kind: 'session.renamed', body: { title: 'port work' } },
    { time: 3, ...place, kind: 'session.forked', body: { session: 'w', seq: 2, root: '' } },
  ])
  rebuildIndex(dir)
  expect(listSessions(dir).find(({ id }) => id === 'copy')).toMatchObject({ name: null, title: 'port work' })
})
