import { createWriteStream, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportJsonl } from './export-jsonl.ts'
import { eventLeaf } from './event-leaf.ts'
import { loadOrCreateKey } from './key-file.ts'
import { openStore } from './open-store.ts'
import { message } from './testing/events.ts'
import { tempDir } from './testing/temp-dir.ts'
import { verifyLog } from './verify-log.ts'
import type { VerifyResult } from './verify-result.ts'

interface Made {
  dir: string
  path: string
  exported: string
  vkey: string
}

const secret = Buffer.from('a blob that an event refers to '.repeat(20_000))

/** A closed, signed journal of `count` events, the 3rd with a blob, and its export with blobs. */
async function make(count: number): Promise<Made> {
  const dir = tempDir()
  const key = loadOrCreateKey(dir)
  const path = join(dir, 'session.db')
  const exported = join(dir, 'session.jsonl')
  const store = openStore(path, { sessionId: 's1', mode: 'writer', now: Date.now, key })
  for (let i = 1; i <= count; i++) {
    const attachments = i === 3 ? [{ ...store.putBlob(secret), mime: 'text/plain' }] : []
    const text = `event number ${i} `.padEnd(40 + (i % 7) * 100, '.')
    store.append([
      { time: 1_700_000_000_000 + i, turn: 1, step: 0, kind: 'user.message', body: { text, attachments } },
    ])
  }
  const out = createWriteStream(exported)
  await exportJsonl(store, out, { blobs: true })
  await new Promise((resolve) => out.end(resolve))
  store.close()
  return { dir, path, exported, vkey: key.vkey }
}

/** Changes a store as somebody would who knows SQLite: without the triggers, which are put back afterwards. */
function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  const triggers = db.prepare("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").all()
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`)
  db.exec(sql)
  const tables = new Set(
    db
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
  )
  for (const trigger of triggers) if (tables.has(trigger['tbl_name'] ?? null)) db.exec(String(trigger['sql']))
  db.close()
}

const found = (result: VerifyResult): string[] => result.problems.map(({ seq, code }) => `${seq} ${code}`)

test('an untouched journal and its export verify with the public key alone', async () => {
  const { path, exported, vkey } = await make(600)
  const fromStore = await verifyLog(path, { vkey })
  expect(fromStore).toMatchObject({ ok: true, size: 600, signed: 600, unsigned: 0, problems: [] })
  expect(await verifyLog(exported, { vkey })).toEqual(fromStore)
  expect(await verifyLog(path, { vkey: null })).toMatchObject({ ok: true, signed: 0, unsigned: 600 })
})

test('the form of an export', async () => {
  const { exported } = await make(3)
  const lines = readFileSync(exported, 'utf8').trimEnd().split('\n')
  expect(lines[0]).toBe('{"format":"cairn-journal","version":1,"session":"s1","events":3,"blobs":true}')
  expect(lines[1]).toMatch(
    /^\{"seq":1,"time":\d+,"turn":1,"step":0,"kind":"user.message","leaf":"[0-9a-f]{64}","body":\{"text":/,
  )
  expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual([
    'format',
    'seq',
    'seq',
    'seq',
    'blob',
    'blob',
    'blob',
    'checkpoint',
  ])
})

describe('a store that was tampered with', () => {
  test.each([
    ["UPDATE events SET body = replace(body, 'number 5', 'number 6') WHERE seq = 5", ['5 altered']],
    ['UPDATE events SET time = time + 1 WHERE seq = 1', ['1 altered']],
    ['UPDATE events SET turn = 2 WHERE seq = 20', ['20 altered']],
    ['UPDATE events SET step = 2 WHERE seq = 20', ['20 altered']],
    ["UPDATE events SET kind = 'user.massage' WHERE seq = 7", ['7 altered']],
    ['UPDATE events SET leaf = zeroblob(32) WHERE seq = 9', ['9 altered']],
    [
      'UPDATE events SET turn = 2 WHERE seq IN (4, 9); UPDATE events SET leaf = zeroblob(32) WHERE seq = 6',
      ['4 altered', '6 altered', '9 altered', '1 root-mismatch'],
    ],
    ['DELETE FROM events WHERE seq = 8', ['8 missing']],
    ['DELETE FROM events WHERE seq BETWEEN 3 AND 5', ['3 missing']],
    ['DELETE FROM events WHERE seq = 1', ['1 missing']],
    ['DELETE FROM events WHERE seq > 15', ['16 truncated']],
    ['DELETE FROM events', ['1 truncated']],
    ['UPDATE events SET seq = 9000 WHERE seq = 12', ['12 missing', '9000 altered']],
    ['UPDATE events SET seq = 0 WHERE seq = 1', ['1 renumbered']],
    ['UPDATE events SET seq = -seq WHERE seq = 20', ['-20 altered', '-20 out-of-order', '20 truncated']],
    [
      'UPDATE events SET seq = 1000 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 1000',
      ['1 root-mismatch', '4 altered', '5 altered'],
    ],
    ["UPDATE checkpoints SET note = replace(note, '20', '19')", ['19 bad-checkpoint']],
    ['DELETE FROM blobs', ['3 blob-missing']],
    ['UPDATE blobs SET erased = 1', ['3 blob-missing']],
    ['UPDATE blobs SET bytes = bytes + 1', ['3 blob-altered']],
    ['UPDATE chunks SET data = zeroblob(20) WHERE key % 2 = 1', ['3 blob-altered']],
    ['DELETE FROM chunks WHERE key % 2 = 1', ['3 blob-altered']],
    ['UPDATE journal SET size = 21', ['null bad-head']],
    ['UPDATE journal SET size = 12', ['null bad-head']],
    ['UPDATE journal SET frontier = zeroblob(64)', ['null bad-head']],
    ["UPDATE journal SET session = 's2'", ['20 bad-checkpoint']],
    ['DELETE FROM journal', ['null bad-head']],
    ['DROP TABLE checkpoints', ['null bad-checkpoint', 'null bad-schema']],
    ['DROP TABLE blobs', ['null bad-schema', 'null blob-altered']],
  ])('%s', async (sql, problems) => {
    const { path, vkey } = await make(20)
    tamper(path, sql)
    const result = await verifyLog(path, { vkey })
    expect(result.ok).toBe(false)
    expect(found(result).sort()).toEqual(problems.toSorted())
  })

  test('triggers that were taken off are missed', async () => {
    const { path, vkey } = await make(5)
    const db = new DatabaseSync(path)
    db.exec('DROP TRIGGER events_update')
    db.close()
    expect(found(await verifyLog(path, { vkey }))).toEqual(['null bad-schema'])
  })

  test('recomputed hashes are found against the checkpoint, within the span that it signs', async () => {
    const { path, vkey } = await make(600)
    const body = JSON.stringify({ text: 'something else' })
    const row = new DatabaseSync(path).prepare('SELECT time FROM events WHERE seq = 300').get()
    const forged = eventLeaf({
      seq: 300,
      time: Number(row?.['time']),
      turn: 1,
      step: 0,
      kind: 'user.message',
      body: Buffer.from(body),
    })
    tamper(
      path,
      `UPDATE events SET body = '${body}', leaf = x'${Buffer.from(forged ?? []).toString('hex')}' WHERE seq = 300`,
    )
    const result = await verifyLog(path, { vkey })
    expect(result.problems.map(({ seq, code }) => [seq, code])).toContainEqual([257, 'root-mismatch'])
    expect(result.signed).toBe(256)
    expect(result.problems[0]?.message).toContain('257 to 512')
  })

  test('a log cut back to an older checkpoint is found with a checkpoint kept elsewhere', async () => {
    const { path, vkey } = await make(300)
    const note = new DatabaseSync(path).prepare('SELECT note FROM checkpoints ORDER BY size DESC').get()?.[
      'note'
    ]
    const replay = join(tempDir(), 'cut.db')
    const key = loadOrCreateKey(join(path, '..'))
    const store = openStore(replay, { sessionId: 's1', mode: 'writer', now: Date.now, key })
    for (const event of openStore(path, { sessionId: 's1', mode: 'reader', now: Date.now }).read({ to: 256 }))
      store.append([event])
    store.close()
    expect(await verifyLog(replay, { vkey, blobs: false })).toMatchObject({ ok: true, signed: 256 })
    const result = await verifyLog(replay, { vkey, blobs: false, anchors: [String(note)] })
    expect(found(result)).toEqual(['257 truncated'])
  })

  test("somebody else's signature does not count", async () => {
    const { path } = await make(5)
    const result = await verifyLog(path, { vkey: loadOrCreateKey(tempDir()).vkey })
    expect(result).toMatchObject({ ok: false, signed: 0, unsigned: 5 })
    expect(found(result)).toEqual(['5 bad-checkpoint'])
  })
})

test('a tail without a signature is counted and is no problem', async () => {
  const { dir, path, vkey } = await make(20)
  const key = loadOrCreateKey(dir)
  const store = openStore(path, { sessionId: 's1', mode: 'writer', now: Date.now, key })
  store.append([message('21'), message('22')])
  // Still open: as after a crash, and as for somebody who looks on.
  expect(await verifyLog(path, { vkey })).toMatchObject({ ok: true, size: 22, signed: 20, unsigned: 2 })
  store.sign()
  expect(await verifyLog(path, { vkey })).toMatchObject({ ok: true, size: 22, signed: 22, unsigned: 0 })
  store.close()
})

test('an export without a key ends with no checkpoint and is consistent only', async () => {
  const dir = tempDir()
  const store = openStore(join(dir, 's.db'), { sessionId: 's1', mode: 'writer', now: Date.now })
  store.append([message('x')])
  const out = createWriteStream(join(dir, 's.jsonl'))
  await exportJsonl(store, out)
  await new Promise((resolve) => out.end(resolve))
  store.close()
  const { vkey } = loadOrCreateKey(dir)
  expect(await verifyLog(join(dir, 's.jsonl'), { vkey })).toMatchObject({
    ok: true,
    size: 1,
    signed: 0,
    unsigned: 1,
  })
})

describe('an export that was tampered with', () => {
  const cases: [string, (lines: string[]) => string[], string[]][] = [
    [
      'a changed body',
      (lines) => lines.with(5, (lines[5] ?? '').replace('number 5', 'number 6')),
      ['5 altered'],
    ],
    [
      'a changed number',
      (lines) => lines.with(5, (lines[5] ?? '').replace('"seq":5', '"seq":7')),
      ['5 renumbered'],
    ],
    ['a line removed', (lines) => lines.toSpliced(4, 1), ['4 missing']],
    [
      'two lines exchanged',
      (lines) => lines.with(4, lines[5] ?? '').with(5, lines[4] ?? ''),
      ['4 out-of-order'],
    ],
    ['a line twice', (lines) => lines.toSpliced(6, 0, lines[5] ?? ''), ['5 out-of-order']],
    ['a foreign line', (lines) => lines.toSpliced(6, 0, 'hello'), ['6 bad-line']],
    [
      'a body written otherwise',
      (lines) => lines.with(6, (lines[6] ?? '').replace('"body":{', '"body":{ ')),
      ['6 altered'],
    ],
    ['the last events removed', (lines) => lines.toSpliced(18, 3), ['18 truncated']],
    ['the checkpoint removed', (lines) => lines.slice(0, -1), ['null truncated']],
    ['the header removed', (lines) => lines.slice(1), ['null bad-line', '1 missing']],
    [
      'a blob written otherwise',
      (lines) => lines.map((line) => line.replace('{"blob":', '{"blob": ')),
      ['null bad-line', 'null bad-line', 'null bad-line', '3 blob-missing'],
    ],
    ['the blob removed', (lines) => lines.filter((line) => !line.startsWith('{"blob')), ['3 blob-missing']],
    [
      'half of the blob removed',
      (lines) =>
        lines.toSpliced(
          lines.findIndex((line) => line.startsWith('{"blob')),
          1,
        ),
      ['3 blob-altered'],
    ],
  ]
  test.each(cases)('%s', async (_, change, problems) => {
    const { exported, vkey } = await make(20)
    const lines = readFileSync(exported, 'utf8').trimEnd().split('\n')
    writeFileSync(exported, `${change(lines).join('\n')}\n`)
    expect(found(await verifyLog(exported, { vkey }))).toEqual(problems)
  })

  test('cut off anywhere', async () => {
    const { exported, vkey } = await make(20)
    const whole = readFileSync(exported)
    const { length } = whole
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: length - 1 }), async (size) => {
        writeFileSync(exported, whole.subarray(0, size))
        expect((await verifyLog(exported, { vkey })).ok).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test('any bit of any line', async () => {
    const { exported, vkey } = await make(20)
    const whole = readFileSync(exported)
    const lineStarts = [0]
    for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, at + 1)) lineStarts.push(at + 1)
    const firstBlob = lineStarts[21] ?? 0
    // Most flips go to the events; the blob's lines are long.
    const offset = fc.oneof(fc.nat(firstBlob - 1), fc.nat(firstBlob - 1), fc.nat(whole.length - 1))
    await fc.assert(
      fc.asyncProperty(offset, fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        writeFileSync(exported, changed)
        const result = await verifyLog(exported, { vkey })
        expect(result.ok).toBe(false)
        const line = lineStarts.findLastIndex((start) => start <= at)
        if (line >= 1 && line <= 20) expect(result.problems.map(({ seq }) => seq)).toContain(line)
      }),
      { numRuns: 250 },
    )
  })
})

describe('a store file in which a bit was flipped', () => {
  test('inside an event it is found at that event', async () => {
    const { path, vkey } = await make(60)
    const whole = readFileSync(path)
    // Splitting pages leaves old copies of events behind; only one is the event, so all get the same flip.
    const copies = (seq: number): number[] => {
      const found: number[] = []
      const start = `{"text":"event number ${seq} `
      for (let at = whole.indexOf(start); at >= 0; at = whole.indexOf(start, at + 1)) found.push(at)
      return found
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(45 + 31), fc.nat(7), async (seq, at, bit) => {
        const changed = Buffer.from(whole)
        for (const start of copies(seq)) {
          // The 32 bytes before the body are the leaf hash.
          const offset = start - 32 + at
          changed[offset] = (changed[offset] ?? 0) ^ (1 << bit)
        }
        writeFileSync(path, changed)
        expect(found(await verifyLog(path, { vkey }))).toEqual([`${seq} altered`])
      }),
      { numRuns: 150 },
    )
  })

  test('anywhere it is found, or it changed nothing that can be read', async () => {
    const { path, vkey } = await make(200)
    const whole = readFileSync(path)
    const readAll = (): string => {
      const store = openStore(path, { sessionId: 's1', mode: 'reader', now: Date.now })
      // The time of a checkpoint is a note for people: it is not signed, and nothing rests on it.
      const checkpoints = store.checkpoints().map(({ size, note }) => ({ size, note }))
      const all = JSON.stringify([[...store.read()], store.head(), checkpoints])
      store.close()
      return all
    }
    const before = readAll()
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        writeFileSync(path, changed)
        const result = await verifyLog(path, { vkey })
        if (result.ok) expect(readAll()).toBe(before)
      }),
      { numRuns: 400 },
    )
  })

  test('a page that was wiped costs only its own events, and a reader still gets the others', async () => {
    const { path, vkey } = await make(200)
    const whole = readFileSync(path)
    for (
      let at = whole.indexOf('event number 100 ');
      at >= 0;
      at = whole.indexOf('event number 100 ', at + 1)
    ) {
      whole.fill(0, at - (at % 4096), at - (at % 4096) + 4096)
    }
    writeFileSync(path, whole)
    const result = await verifyLog(path, { vkey })
    expect(result.ok).toBe(false)
    expect(result.problems.map(({ code }) => code)).toEqual(['unreadable'])
    const [, from, to] = /Events (\d+) to (\d+) /.exec(result.problems[0]?.message ?? '') ?? []
    expect(Number(from)).toBeLessThanOrEqual(100)
    expect(Number(to)).toBeGreaterThanOrEqual(100)
    expect(Number(to) - Number(from)).toBeLessThan(40)
    expect(result.size).toBe(200 - (Number(to) - Number(from) + 1))
    const store = openStore(path, { sessionId: 's1', mode: 'reader', now: Date.now })
    expect([...store.read({ to: Number(from) - 1 })]).toHaveLength(Number(from) - 1)
    expect([...store.read({ from: Number(to) + 1 })]).toHaveLength(200 - Number(to))
    expect(() => [...store.read()]).toThrow(
      expect.objectContaining({ code: 'corrupt', facts: expect.objectContaining({ seq: Number(from) }) }),
    )
    store.close()
  })

  test('cut off anywhere it is found, and the first lost event is named', async () => {
    const { path, vkey } = await make(200)
    const { size } = statSync(path)
    for (let kept = size - 4096; kept > 4096; kept -= 8192) {
      truncateSync(path, kept)
      const result = await verifyLog(path, { vkey })
      expect(result.ok).toBe(false)
      expect(result.problems.length).toBeLessThan(210)
    }
  })
})

test('what is no log at all', async () => {
  const path = join(tempDir(), 'file')
  writeFileSync(path, 'hello')
  expect(await verifyLog(path, { vkey: null })).toMatchObject({
    ok: false,
    problems: [{ code: 'not-a-journal' }],
  })
  writeFileSync(path, '{}')
  expect(await verifyLog(path, { vkey: null })).toMatchObject({ ok: false })
  new DatabaseSync(`${path}.db`).exec('CREATE TABLE t(a)')
  expect(await verifyLog(`${path}.db`, { vkey: null })).toMatchObject({
    ok: false,
    problems: [{ code: 'not-a-journal' }],
  })
  await expect(verifyLog(`${path}.none`, { vkey: null })).rejects.toThrow(
    expect.objectContaining({ code: 'not-found' }),
  )
  await expect(verifyLog(path, { vkey: 'no key' })).rejects.toThrow(
    expect.objectContaining({ code: 'bad-key' }),
  )
})
