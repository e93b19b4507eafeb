import { exportJsonl, loadOrCreateKey, openStore, type NewEvent } from '@cairn/journal'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkspace } from '@cairn/workspace'
import { attestChange, type Attestation } from './attest-change.ts'
import { preAuthEncoding } from './dsse.ts'
import { appendNote, readNote } from './notes.ts'
import { verifyAttestation } from './verify-attestation.ts'

let folder: string
let repo: string
let commit: string
let made: Attestation
let vkey: string
let exported: string
let journal: string
const policyText = '{"version":1,"rules":[]}\n'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@localhost', ...args], {
    cwd: repo,
    encoding: 'utf8',
  }).trim()

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-attest-')))
  repo = join(folder, 'repo')
  execFileSync('git', ['init', '-q', repo])
  writeFileSync(join(repo, 'a.js'), 'export const one = 1\n')
  git('add', '-A')
  git('commit', '-qm', 'first')
  writeFileSync(join(repo, 'a.js'), 'export const one = 2\n')
  writeFileSync(join(repo, 'b.js'), 'by a person\n')
  git('add', '-A')
  git('commit', '-qm', 'second')
  commit = git('rev-parse', 'HEAD')
  const tree = await openWorkspace({ root: repo, isProtected: () => null, env: {} }).treeHash()
  const key = loadOrCreateKey(folder)
  vkey = key.vkey
  journal = join(folder, 's.db')
  const store = openStore(journal, { sessionId: 's', mode: 'writer', now: () => 5, key })
  const at = { time: 5, turn: 1, step: 1 }
  const after = sha256('export const one = 2\n')
  const check = { command: 'npm test', tree, treeAfter: tree, exit: 0, ok: true, passed: 3, failed: 0 }
  const events: NewEvent[] = [
    {
      ...at,
      kind: 'session.started',
      body: { version: '1', cwd: repo, model: { provider: 'p', id: 'asked' }, title: 't', check: null },
    },
    { ...at, kind: 'session.environment', body: { facts: { policy: 'f'.repeat(64), sandbox: {} } } },
    { ...at, kind: 'user.message', body: { text: 'make it two' } },
    {
      ...at,
      kind: 'model.answered',
      body: {
        model: 'asked',
        served: 'served-instead',
        parts: [],
        usage: { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 },
        costUsd: null,
        finish: 'stop',
        ms: 1,
      },
    },
    {
      ...at,
      kind: 'tool.done',
      body: {
        call: 'c',
        tool: 'edit',
        ok: true,
        output: '',
        ms: 1,
        files: [{ path: 'a.js', op: 'wrote', after }],
      },
    },
    { ...at, kind: 'approval.granted', body: { id: 'x', by: 'ann', scope: 'once', actionSha256: 'd' } },
    { ...at, kind: 'check.finished', body: { ...check, failures: [], durationMs: 1, call: null } },
    { ...at, kind: 'gate.decided', body: { accepted: true, reasons: [], evidence: [7] } },
  ]
  store.append(events)
  made = await attestChange({
    cwd: repo,
    commit,
    folder: '',
    store,
    key,
    policy: { sha256: 'f'.repeat(64), files: [{ layer: 'project', sha256: sha256(policyText) }] },
    findings: null,
    now: () => 6,
  })
  exported = join(folder, 's.jsonl')
  const out = createWriteStream(exported)
  await exportJsonl(store, out)
  out.end()
  await finished(out)
  store.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
/** About `most` positions, first and last among them. */
const positions = (length: number, most: number): number[] => {
  const step = Math.max(1, Math.floor(length / most))
  return [...new Set([...Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step), length - 1])]
}

test('a statement holds against repository, patch, policy and journal', async () => {
  const verdict = await verifyAttestation({
    line: made.line,
    vkey,
    cwd: repo,
    commit,
    patch: made.patch ?? Buffer.alloc(0),
    policies: [Buffer.from(policyText)],
    journal: { path: journal, sessionId: 's' },
  })
  expect(verdict).toMatchObject({
    ok: true,
    checked: ['statement', 'repository', 'patch', 'policy', 'journal'],
  })
  expect(made.statement.predicate).toMatchObject({
    model: { asked: 'p/asked', served: [{ model: 'served-instead', answers: 1 }] },
    approvals: [{ by: 'ann', decision: 'granted' }],
    changes: [
      { path: 'a.js', op: 'modified', bySession: true },
      { path: 'b.js', op: 'added', bySession: false },
    ],
  })
})

test('the tree of a check is that of the commit where it ran on just that', () => {
  const files = made.statement.subject.find(({ name }) => name === 'files')?.digest['cairnTree']
  expect(made.statement.predicate.checks[0]?.tree).toBe(files)
})

test('what is signed is the pre-authentication encoding of DSSE', () => {
  expect(preAuthEncoding('http://example.com/HelloWorld', 'hello world')).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  )
})

test('any changed byte of the statement is found', async () => {
  const bytes = Buffer.from(made.line)
  for (const at of positions(bytes.length, 700)) {
    const verdict = await verifyAttestation({ line: flipped(bytes, at).toString('latin1'), vkey })
    expect(verdict, `byte ${at}`).toMatchObject({ ok: false, part: 'statement' })
  }
  const spaced = await verifyAttestation({ line: ` ${made.line}`, vkey })
  expect(spaced).toMatchObject({ ok: false, part: 'statement' })
})

test('any changed byte of patch and policy is found', async () => {
  const patch = made.patch ?? Buffer.alloc(0)
  for (const at of patch.keys())
    expect(await verifyAttestation({ line: made.line, vkey, patch: flipped(patch, at) })).toMatchObject({
      ok: false,
      part: 'patch',
    })
  const policy = Buffer.from(policyText)
  for (const at of policy.keys())
    expect(await verifyAttestation({ line: made.line, vkey, policies: [flipped(policy, at)] })).toMatchObject(
      { ok: false, part: 'policy' },
    )
})

test('a changed byte of the exported journal is found', async () => {
  const bytes = readFileSync(exported)
  const path = join(folder, 'changed.jsonl')
  for (const at of positions(bytes.length, 150)) {
    writeFileSync(path, flipped(bytes, at))
    const verdict = await verifyAttestation({ line: made.line, vkey, journal: { path, sessionId: null } })
    expect(verdict, `byte ${at}`).toMatchObject({ ok: false, part: 'journal' })
  }
})

test('another commit, another key and a damaged object are refused', async () => {
  expect(await verifyAttestation({ line: made.line, vkey, commit: 'e'.repeat(40) })).toMatchObject({
    ok: false,
    part: 'statement',
  })
  const other = loadOrCreateKey(join(folder, 'other')).vkey
  expect(await verifyAttestation({ line: made.line, vkey: other })).toMatchObject({ ok: false })
  const blob = git('rev-parse', 'HEAD:a.js')
  const path = join(repo, '.git/objects', blob.slice(0, 2), blob.slice(2))
  const bytes = readFileSync(path)
  try {
    for (const at of bytes.keys()) {
      rmSync(path, { force: true })
      writeFileSync(path, flipped(bytes, at))
      const verdict = await verifyAttestation({ line: made.line, vkey, cwd: repo })
      // zlib ignores a few bits of its header, and then the content is what it was.
      if (verdict.ok) expect(at).toBeLessThan(2)
      else expect(verdict.part).toBe('repository')
    }
  } finally {
    rmSync(path, { force: true })
    writeFileSync(path, bytes)
  }
})

test('a note is kept as git keeps notes, and grows by lines', async () => {
  await appendNote(repo, commit, 'one', 1000)
  await appendNote(repo, commit, 'two', 2000)
  expect(await readNote(repo, commit)).toBe('one\ntwo\n')
  expect(git('notes', '--ref=cairn', 'show', commit)).toBe('one\ntwo')
  expect(await readNote(repo, 'f'.repeat(40))).toBeNull()
})
