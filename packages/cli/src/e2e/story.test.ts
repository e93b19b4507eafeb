import { verifyLog } from '@cairn/journal'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, type CliRig } from './testing/cli-rig.ts'

const SCRIPT = [
  { text: 'I look first.', calls: [exec('cat port.txt')] },
  { calls: [call('note', { type: 'decision', text: 'the port must stay 8080', key: 'port' })] },
  { text: 'It is 8080.' },
  { text: 'And still.' },
] as const

/** A rig with one finished session about a port. */
async function played(): Promise<{ rig: CliRig; id: string }> {
  const rig = await cliRig([...SCRIPT] as [(typeof SCRIPT)[0], ...(typeof SCRIPT)[number][]] as never, {
    'port.txt': '8080\n',
  })
  const run = await rig.run('which port? never use port 9090')
  expect(run.code).toBe(0)
  return { rig, id: String(run.last?.['session']) }
}

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>

test('resume goes on with the same session: by --last, by id, by the beginning of an id, with a text', async () => {
  const { rig, id } = await played()
  await using _ = rig
  for (const [words, text] of [
    [['--last', 'and now?'], 'and now?'],
    [[id, 'once more?'], 'once more?'],
    [[id.slice(0, 14)], null],
  ] as const) {
    const run = await rig.cairn(['resume', '--json', ...rig.model(), ...words])
    expect([run.code, run.last?.['session'], run.last?.status]).toEqual([0, id, 'answered'])
    if (text !== null) expect(run.events.find((event) => event.type === 'user.message')?.['text']).toBe(text)
    expect(run.events[0]?.seq).toBeGreaterThan(10)
  }
  const foreign = await rig.cairn(['resume', '--json', ...rig.model(), id, 'from elsewhere'], {
    cwd: rig.home,
  })
  expect([foreign.code, foreign.last?.['session']]).toEqual([0, id])
  const sent = rig.server.requests.map((request) =>
    request.text.slice(request.text.indexOf('"messages"'), request.text.lastIndexOf('}]')),
  )
  for (let n = 1; n < sent.length; n += 1) expect(sent[n]?.startsWith(sent[n - 1] ?? '?')).toBe(true)
  const story = await rig.cairn(['show', '--json'])
  expect(story.events.map((event) => event.seq)).toEqual(story.events.map((_event, index) => index + 1))
  expect(story.events.filter((event) => event.type === 'session.finished')).toHaveLength(5)
})

test('an id that is none, or too short to be one, is wrong usage', async () => {
  const { rig, id } = await played()
  await using _ = rig
  const absent = await rig.cairn(['resume', ...rig.model(), 'zzz', 'go on'])
  expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('there is no session zzz')])
  const mistyped = await rig.cairn([
    'resume',
    ...rig.model(),
    `${id.slice(0, -1)}!`.replace('!', id.endsWith('0') ? '1' : '0'),
  ])
  expect([mistyped.code, mistyped.err]).toEqual([2, expect.stringContaining('there is no session 0')])
  expect(rig.server.requests.length).toBe(3)
  const short = await rig.cairn(['show', `${id.slice(0, 5)}!`])
  expect([short.code, short.err]).toEqual([2, expect.stringContaining('there is no session')])
})

test('sessions lists them by folder, as text and as JSON', async () => {
  const { rig, id } = await played()
  await using _ = rig
  expect((await rig.cairn(['sessions'])).out).toMatch(
    new RegExp(`^${id}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  answered .*which port\\?.*\\n$`),
  )
  expect((await rig.cairn(['sessions'], { cwd: rig.home })).out).toContain('no sessions of this folder')
  expect(json((await rig.cairn(['sessions', '--all', '--json'], { cwd: rig.home })).out)).toMatchObject({
    id,
    cwd: rig.cwd,
    status: 'answered',
  })
})

test('show tells the session again, the same JSON lines as the run', async () => {
  const { rig } = await played()
  await using _ = rig
  const run = await rig.cairn(['run', '--json', ...rig.model(), 'again'])
  expect((await rig.cairn(['show', '--json'])).out).toBe(run.out)
  const text = (await rig.cairn(['show', '--verbose'])).out
  for (const line of ['› again', '● And still.', '✔ answered']) expect(text).toContain(line)
})

test('context explains itself', async () => {
  const { rig } = await played()
  await using _ = rig
  const context = async (...words: string[]) => await rig.cairn(['context', ...words])
  expect((await context('show')).out).toMatch(/^epoch 0, about \S+ of \S+ tokens \(\d+ %\)\n/)
  const why = await context('why', 'the port must stay 8080')
  expect([why.code, why.out]).toEqual([0, expect.stringContaining('event ')])
  expect((await context('why', 'nobody ever said this')).code).toBe(1)
  expect((await context('why')).code).toBe(2)
  expect((await context('diff')).out).toContain('never rewritten')
  expect((await context('diff', '7')).code).toBe(2)
  expect((await context('cost')).out).toContain('3 answers: 300 tokens in')
  expect((await context('check')).out).toMatch(/^✓ all invariants hold: 3 requests/)
  for (const verb of ['show', 'cost', 'check'])
    expect(json((await context(verb, '--json')).out)).toBeTypeOf('object')
})

/** Every byte of `text` that a reader of the file would see as part of an event, changed one at a time. */
function* changed(
  bytes: Buffer,
  start: number,
  length: number,
  every: number,
): Generator<{ at: number; copy: Buffer }> {
  for (let at = start; at < start + length; at += every) {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    yield { at, copy }
  }
}

test('a journal with any one byte of an event changed does not verify, and the event is named', async () => {
  const { rig, id } = await played()
  await using _ = rig
  expect((await rig.cairn(['log', 'verify'])).out).toMatch(
    /^✓ the log is whole: \d+ events, all signed\nroot \w+\n$/,
  )
  const path = join(rig.dataDir, 'sessions', `${id}.db`)
  const vkey = readFileSync(join(rig.dataDir, 'journal.vkey'), 'utf8').trim()
  const original = readFileSync(path)
  const copy = join(rig.folder, 'copy.db')
  const { events } = await rig.cairn(['show', '--json'])
  let tried = 0
  for (const { v, type, session, seq, time, turn, step, ...body } of events) {
    void [v, session, time, turn, step]
    const text = Buffer.from(JSON.stringify(body))
    const start = original.indexOf(text)
    // A long body lies on several pages; those of this session that do not are most of them.
    if (start < 0) continue
    const head = Buffer.from(type)
    const kind = original.lastIndexOf(head, start)
    const places = [...changed(original, start, text.length, 3), ...changed(original, kind, head.length, 4)]
    for (const [n, place] of places.entries()) {
      writeFileSync(copy, place.copy)
      const found = await verifyLog(copy, { vkey })
      expect([seq, place.at, found.ok, found.problems.some((problem) => problem.seq === seq)]).toEqual([
        seq,
        place.at,
        false,
        true,
      ])
      tried += 1
      if (n > 0 || seq % 4 !== 0) continue
      const told = await rig.cairn(['log', 'verify', copy])
      expect([told.code, told.out]).toEqual([1, expect.stringContaining(`✗ event ${seq}: `)])
    }
  }
  expect(tried).toBeGreaterThan(300)
})

test('an export verifies anywhere, and not with one byte of an event changed', async () => {
  const { rig } = await played()
  await using _ = rig
  const path = join(rig.folder, 'session.jsonl')
  expect((await rig.cairn(['log', 'export', '--out', path])).code).toBe(0)
  expect((await rig.cairn(['log', 'export'])).out).toBe(readFileSync(path, 'utf8'))
  const vkey = readFileSync(join(rig.dataDir, 'journal.vkey'), 'utf8').trim()
  const elsewhere = { cwd: rig.home, env: { CAIRN_DATA_DIR: join(rig.folder, 'nothing') } }
  expect((await rig.cairn(['log', 'verify', path, '--key', vkey], elsewhere)).out).toContain(
    '✓ the log is whole',
  )
  const original = readFileSync(path)
  const copy = join(rig.folder, 'copy.jsonl')
  let start = 0
  let seq = 0
  let tried = 0
  for (const line of original.toString('utf8').split('\n')) {
    const length = Buffer.byteLength(line)
    if (line.includes('"kind"')) {
      seq += 1
      for (const { at, copy: bytes } of changed(original, start, length, 7)) {
        writeFileSync(copy, bytes)
        const found = await verifyLog(copy, { vkey })
        expect([at - start, line.slice(0, 80), found.ok]).toEqual([at - start, line.slice(0, 80), false])
        expect([line, at - start, found.problems.map((problem) => problem.seq)]).toEqual([
          line,
          at - start,
          expect.arrayContaining([seq]),
        ])
        tried += 1
      }
    }
    start += length + 1
  }
  expect(tried).toBeGreaterThan(100)
  copyFileSync(path, copy)
  const bytes = readFileSync(copy)
  const at = bytes.indexOf('which port?')
  bytes[at] = 'W'.charCodeAt(0)
  writeFileSync(copy, bytes)
  const told = await rig.cairn(['log', 'verify', copy])
  expect([told.code, told.out]).toEqual([1, expect.stringMatching(/✗ event \d+: /)])
})
