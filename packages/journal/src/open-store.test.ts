import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { verifyCheckpoint } from './checkpoint.ts'
import { eventLeaf } from './event-leaf.ts'
import { JournalError } from './journal-error.ts'
import { loadOrCreateKey } from './key-file.ts'
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './merkle-proof.ts'
import { openStore } from './open-store.ts'
import type { OpenOptions } from './open-store.ts'
import { storeContract } from './store-contract.ts'
import { message, textOf } from './testing/events.ts'
import { spawnWriter } from './testing/spawn-writer.ts'
import { tempDir } from './testing/temp-dir.ts'
import { verifyLog } from './verify-log.ts'

storeContract('SQLite', () => {
  const path = join(tempDir(), 'session.db')
  return { open: (options) => openStore(path, options) }
})

const writer: OpenOptions = { sessionId: 'session', mode: 'writer', now: Date.now }
const reader: OpenOptions = { ...writer, mode: 'reader' }

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (JournalError.isInstance(error) && error.hint !== '') return error.code
    throw error
  }
  return 'nothing thrown'
}

/** A closed journal with `count` events of about 500 bytes. */
function journalOf(count: number): string {
  const path = join(tempDir(), 'session.db')
  const store = openStore(path, writer)
  store.append(Array.from({ length: count }, (_, i) => message(`${i + 1} `.padEnd(500, 'x'))))
  store.close()
  return path
}

test('the file is for its owner only', () => {
  expect(statSync(journalOf(1)).mode & 0o777).toBe(0o600)
})

test('no other connection can change or remove an event or a checkpoint', () => {
  const db = new DatabaseSync(journalOf(3))
  for (const sql of [
    "UPDATE events SET body = '{}' WHERE seq = 2",
    'DELETE FROM events WHERE seq = 3',
    'INSERT OR REPLACE INTO events SELECT seq, time, 9, step, kind, leaf, body FROM events WHERE seq = 1',
    'UPDATE OR IGNORE events SET turn = 9',
  ]) {
    expect(() => db.exec(sql), sql).toThrow('append-only')
  }
  db.exec("INSERT INTO checkpoints VALUES(1, 1, 'note')")
  expect(() => db.exec('DELETE FROM checkpoints')).toThrow('append-only')
  expect(() => db.exec("REPLACE INTO checkpoints VALUES(1, 1, 'other')")).toThrow('append-only')
  db.close()
})

describe('what is not a journal of this session is refused and left as it is', () => {
  test.each([
    [
      'another file',
      'not-a-journal',
      (path: string) => writeFileSync(path, 'hello world, this is a text file. '.repeat(40)),
    ],
    [
      'another SQLite file',
      'not-a-journal',
      (path: string) => new DatabaseSync(path).exec('CREATE TABLE t(a)'),
    ],
    [
      'a newer journal',
      'newer-version',
      (path: string) => {
        copyFileSync(journalOf(2), path)
        new DatabaseSync(path).exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)')
      },
    ],
  ])('%s', (_, code, make) => {
    const path = join(tempDir(), 'file.db')
    make(path)
    const before = readFileSync(path)
    expect(codeOf(() => openStore(path, writer))).toBe(code)
    expect(codeOf(() => openStore(path, reader))).toBe(code)
    expect(readFileSync(path)).toEqual(before)
  })

  test('the journal of another session', () => {
    const path = journalOf(1)
    expect(codeOf(() => openStore(path, { ...writer, sessionId: 'other' }))).toBe('wrong-session')
    expect(codeOf(() => openStore(path, { ...reader, sessionId: 'other' }))).toBe('wrong-session')
  })

  test('a session id that is no file name', () => {
    expect(codeOf(() => openStore(join(tempDir(), 'x.db'), { ...writer, sessionId: '../x\n' }))).toBe(
      'bad-session-id',
    )
  })

  test('nothing', () => {
    const path = join(tempDir(), 'x.db')
    expect(codeOf(() => openStore(path, reader))).toBe('not-found')
    writeFileSync(path, '')
    expect(codeOf(() => openStore(path, reader))).toBe('not-found')
    openStore(path, writer).close()
    openStore(path, reader).close()
  })
})

test('of a file that was cut off, a reader gets all that is intact, and a writer is refused', () => {
  const path = journalOf(500)
  const size = statSync(path).size
  truncateSync(path, Math.floor(size / 2 / 4096) * 4096)
  expect(codeOf(() => openStore(path, writer))).toBe('corrupt')
  const store = openStore(path, reader)
  const texts: string[] = []
  let damagedAt = 0
  try {
    for (const event of store.read()) texts.push(textOf(event))
  } catch (error) {
    if (!JournalError.isInstance(error) || error.code !== 'corrupt') throw error
    damagedAt = Number(error.facts['seq'])
  }
  store.close()
  expect(texts.length).toBeGreaterThan(150)
  expect(texts).toEqual(Array.from({ length: texts.length }, (_, i) => `${i + 1} `.padEnd(500, 'x')))
  expect(damagedAt).toBe(texts.length + 1)
})

test('reading goes on behind a damaged event', () => {
  const path = journalOf(300)
  const db = new DatabaseSync(path)
  db.exec("DROP TRIGGER events_update; UPDATE events SET body = 'no json' WHERE seq = 150")
  db.close()
  const store = openStore(path, reader)
  expect(codeOf(() => [...store.read()])).toBe('corrupt')
  expect([...store.read({ to: 149 })]).toHaveLength(149)
  expect([...store.read({ from: 151 })]).toHaveLength(150)
  store.close()
})

test.each([
  'DELETE FROM chunks WHERE key % 4 = 1',
  'UPDATE chunks SET data = zeroblob(9) WHERE key % 4 = 1',
  'UPDATE chunks SET codec = 1 - codec',
])('a damaged blob is not given out: %s', (sql) => {
  const path = journalOf(1)
  const store = openStore(path, writer)
  const { sha256 } = store.putBlob(randomBytes(700_000))
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
  expect(codeOf(() => store.getBlob(sha256))).toBe('corrupt')
  expect(codeOf(() => store.getBlobRange(sha256, 262_150, 262_160))).toBe('corrupt')
  store.close()
})

test('a writer does not go on behind a head that contradicts the events, and gives its lease back', () => {
  const path = journalOf(5)
  const db = new DatabaseSync(path)
  db.exec('DROP TRIGGER events_delete; DELETE FROM events WHERE seq = 5')
  expect(codeOf(() => openStore(path, writer))).toBe('corrupt')
  expect(db.prepare('SELECT pid FROM journal').get()).toEqual({ pid: null })
  db.close()
})

test('where a file may not grow any more, nothing that was acknowledged is lost', async () => {
  const path = join(tempDir(), 'session.db')
  const child = spawnWriter(path, 'append', 600)
  const failure = await child.until((said) => said.code !== undefined)
  expect(['disk-full', 'io']).toContain(failure.code)
  await child.ended
  const acknowledged = Math.max(...child.said().map((said) => said.acknowledged ?? 0))
  expect(acknowledged).toBeGreaterThan(0)
  const store = openStore(path, writer)
  expect([...store.read()].length).toBeGreaterThanOrEqual(acknowledged)
  store.append([message('there is room again')])
  store.close()
  expect(await verifyLog(path, { vkey: null })).toMatchObject({ ok: true })
})

test('durability "power" writes through to the disk', () => {
  const path = join(tempDir(), 'session.db')
  const store = openStore(path, { ...writer, durability: 'power' })
  store.append([message('x')])
  store.close()
  expect([...openStore(path, reader).read()]).toHaveLength(1)
})

test('the bytes of an erased blob are gone from the disk', () => {
  const path = join(tempDir(), 'session.db')
  const store = openStore(path, writer)
  const secret = randomBytes(100_000)
  const { sha256 } = store.putBlob(secret)
  const onDisk = (): boolean =>
    [path, `${path}-wal`].some((file) => readFileSync(file).includes(secret.subarray(200, 300)))
  expect(onDisk()).toBe(true)
  store.eraseBlob(sha256, 'a request')
  expect(onDisk()).toBe(false)
  store.close()
  expect(readFileSync(path).includes(secret.subarray(200, 300))).toBe(false)
})

test('a closed store says so', async () => {
  const path = journalOf(1)
  for (const options of [writer, reader]) {
    const store = openStore(path, options)
    store.close()
    store.close()
    expect(codeOf(() => [...store.read()])).toBe('closed')
    expect(codeOf(() => store.getBlob('00'.repeat(32)))).toBe('closed')
    expect(codeOf(() => store.checkpoints())).toBe('closed')
  }
  const store = openStore(path, writer)
  store.close()
  expect(codeOf(() => store.append([message('x')]))).toBe('closed')
  expect(codeOf(() => store.putBlob(Buffer.from('x')))).toBe('closed')
  expect(codeOf(() => store.sign())).toBe('closed')
  expect(codeOf(() => store.eraseBlob('00'.repeat(32), 'x'))).toBe('closed')
})

test('proofs made of the leaves of a store verify against its checkpoints', () => {
  const dir = tempDir()
  const key = loadOrCreateKey(dir)
  const store = openStore(join(dir, 'session.db'), { ...writer, key })
  store.append(Array.from({ length: 10 }, (_, i) => message(`${i}`)))
  store.sign()
  store.append(Array.from({ length: 13 }, (_, i) => message(`${i}`)))
  store.sign()
  const [older, newer] = store.checkpoints().map(({ note }) => {
    const verdict = verifyCheckpoint(note, key.vkey)
    if (!verdict.ok) throw new Error(verdict.reason)
    return { size: verdict.checkpoint.size, root: Buffer.from(verdict.checkpoint.root, 'hex') }
  })
  if (older === undefined || newer === undefined) throw new Error('there are two checkpoints')
  expect([older.size, newer.size]).toEqual([10, 23])
  const leaves = store.leaves(newer.size)
  expect(verifyConsistency(older, newer, consistencyProof(leaves, older.size))).toBe(true)
  const raw = [...store.raw()][6]
  const leaf = raw === undefined ? null : eventLeaf(raw)
  expect(leaf !== null && verifyInclusion(leaf, 6, newer, inclusionProof(leaves, 6))).toBe(true)
  expect(store.sign()).toBe(store.checkpoints().at(-1)?.note)
  store.close()
})
