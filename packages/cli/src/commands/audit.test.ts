import { loadOrCreateKey, openStore, recordSession, sessionPath } from '@cairn/journal'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../main.ts'

let home: string
let data: string
const env = () => ({ HOME: home, CAIRN_DATA_DIR: data, API_TOKEN: 'tok-1234567890abcdef' })

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cairn-cli-audit-'))
  data = join(home, 'data')
  mkdirSync(data)
  makeSession('s1', Date.now())
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function makeSession(id: string, updatedAt: number): string {
  const now = () => updatedAt
  const path = sessionPath(data, id)
  mkdirSync(join(data, 'sessions'), { recursive: true })
  const store = openStore(path, { sessionId: id, mode: 'writer', now, key: loadOrCreateKey(data) })
  const full = store.putBlob(Buffer.from('personal data of somebody'.repeat(10)))
  const at = { time: updatedAt, turn: 1, step: 1 }
  store.append([
    { ...at, kind: 'user.message', body: { text: 'hello' } },
    {
      ...at,
      kind: 'guard.decided',
      body: { call: 'c1', decision: 'deny', rule: 'builtin:x', reason: 'No.', actionSha256: 'a' },
    },
    {
      ...at,
      kind: 'tool.done',
      body: {
        call: 'c2',
        tool: 'exec',
        ok: true,
        output: 'x',
        ms: 1,
        full: { ...full, lines: 1 },
        files: [{ path: 'a/b.ts', op: 'wrote', before: null, after: 'f'.repeat(64) }],
      },
    },
  ])
  store.close()
  recordSession(data, {
    id,
    cwd: home,
    title: 't',
    startedAt: updatedAt,
    updatedAt,
    status: 'done',
    model: 'm',
    costUsd: null,
  })
  return full.sha256
}

async function cairn(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await main(words, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: env(),
    cwd: () => home,
    on: () => undefined,
    off: () => undefined,
    exit: (exit) => {
      throw new Error(`exit ${exit}`)
    },
  })
  return { code, out, err }
}

test('prove writes what verify accepts without the journal, and a changed proof is refused', async () => {
  const file = join(home, 'proof.json')
  expect((await cairn('log', 'prove', '2', '--out', file)).code).toBe(0)
  expect((await cairn('log', 'verify', file)).out).toMatch(
    /^✓ the event stands in the log that was signed at 3 events\n/u,
  )
  writeFileSync(file, readFileSync(file, 'utf8').replace('deny', 'allow'))
  expect(await cairn('log', 'verify', file)).toMatchObject({
    code: 1,
    out: '✗ not proven: the event is not the one that was signed\n',
  })
  expect((await cairn('log', 'prove', '99')).err).toContain('There is no event 99')
})

test('anchor prints the trailer of a commit, which proves later that nothing was cut off', async () => {
  const kept = join(home, 'kept.jsonl')
  const { code, out } = await cairn('log', 'anchor', '--to', `file://${kept}`)
  expect([code, out]).toEqual([0, expect.stringMatching(/^Cairn-Checkpoint: [\w-]+\n$/u)])
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: home,
      encoding: 'utf8',
    })
  git('init', '-q')
  git('commit', '-q', '--allow-empty', '-m', 'Work', '--trailer', out.trim())
  const line = git('log', '-1', '--format=%B')
  expect((await cairn('log', 'verify', '--anchor', line)).code).toBe(0)
  for (const ending of ['', '-wal', '-shm']) rmSync(sessionPath(data, 's1') + ending, { force: true })
  makeSession('s1', 5)
  expect((await cairn('log', 'verify', '--anchor', line)).code).toBe(1)
  expect((await cairn('log', 'verify')).code).toBe(0)
  expect((await cairn('log', 'anchor', '--to', 'gopher://x')).err).toContain('Write one of')
})

test('erase takes the bytes and leaves a log that verifies, with the reason in it', async () => {
  const sha256 = makeSession('s2', Date.now() + 1)
  expect((await cairn('log', 'erase', sha256.slice(0, 12), 's2')).err).toContain('without a reason')
  expect((await cairn('log', 'erase', sha256.slice(0, 12), 's2', '--reason', 'request 7')).code).toBe(0)
  expect((await cairn('log', 'verify', 's2')).code).toBe(0)
  const { out } = await cairn('log', 'export', 's2')
  expect(out).toContain(`"kind":"log.erased"`)
  expect(out).not.toContain('personal data')
})

test('export as OCSF gives every class its numbers', async () => {
  const { out } = await cairn('log', 'export', '--format', 'ocsf')
  const lines = out
    .trim()
    .split('\n')
    .map((line): Record<string, number> => JSON.parse(line))
  expect(lines.map(({ class_uid, activity_id, type_uid }) => [class_uid, activity_id, type_uid])).toEqual([
    [0, 99, 99],
    [6003, 99, 600399],
    [6003, 2, 600302],
    [1001, 1, 100101],
  ])
  expect((await cairn('log', 'export', '--format', 'xml')).err).toContain('jsonl or ocsf')
})

test('prune says first, deletes then, and keeps the last checkpoint', async () => {
  makeSession('old', 1_000_000)
  const dry = await cairn('sessions', 'prune', '--older-than', '30')
  expect(dry.out).toBe('old\n')
  expect(existsSync(sessionPath(data, 'old'))).toBe(true)
  expect((await cairn('sessions', 'prune', '--older-than', '30', '--keep', '2')).out).toBe('')
  expect((await cairn('sessions', 'prune', '--older-than', '30', '--yes')).code).toBe(0)
  expect(existsSync(sessionPath(data, 'old'))).toBe(false)
  expect(existsSync(sessionPath(data, 's1'))).toBe(true)
  expect(JSON.parse(readFileSync(join(data, 'pruned.jsonl'), 'utf8'))).toMatchObject({
    id: 'old',
    size: 3,
    checkpoint: expect.stringContaining('cairn/journal/old'),
  })
  expect((await cairn('sessions', '--all')).out).not.toContain('old ')
})

test('an incident pack holds all its parts, hashed and signed, and no secret', async () => {
  const file = join(home, 'incident.json')
  expect((await cairn('incident', '--out', file)).code).toBe(0)
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('tok-1234567890abcdef')
  const pack: { manifest: string; files: Record<string, string> } = JSON.parse(text)
  const { files }: { files: { name: string; sha256: string }[] } = JSON.parse(pack.manifest)
  expect(files.map(({ name }) => name)).toEqual(Object.keys(pack.files))
  for (const { name, sha256 } of files)
    expect(
      createHash('sha256')
        .update(pack.files[name] ?? '')
        .digest('hex'),
    ).toBe(sha256)
  expect(pack.files['environment.json']).toContain('API_TOKEN')
  const exported = join(home, 'exported.jsonl')
  writeFileSync(exported, pack.files['journal.jsonl'] ?? '')
  expect((await cairn('log', 'verify', exported)).code).toBe(0)
  expect(JSON.parse(pack.files['proofs.json'] ?? '')).toHaveLength(1)
})
