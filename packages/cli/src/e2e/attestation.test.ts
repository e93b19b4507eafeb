import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec } from './testing/cli-rig.ts'

const FILES = { 'a.js': 'exports.port = 80\n', '.gitignore': '' }
const VULNERABLE =
  "const { exec } = require('node:child_process')\nconst app = require('express')()\napp.get('/', (req, res) => exec('ls ' + req.query.dir, () => res.end()))\n"

/** A repository with a commit that a session made under a check. */
async function attestedRig(edits: { path: string; old: string; new: string }[]) {
  const rig = await cliRig(
    [{ calls: edits.map((edit) => call('edit', edit)) }, { calls: [exec('node -e 0')] }, { text: 'done' }],
    FILES,
  )
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words], {
      cwd: rig.cwd,
      encoding: 'utf8',
    })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  const done = await rig.run('change it', ['--check', 'node -e 0'])
  expect(done.code, done.err).toBe(0)
  git('add', '.')
  git('commit', '-qm', 'second')
  return { rig, git }
}

test('attest and verify by the real command, with what the review found', async () => {
  const { rig } = await attestedRig([
    { path: 'a.js', old: 'exports.port = 80', new: 'exports.port = 8080' },
    { path: 'server.js', old: '', new: VULNERABLE },
  ])
  await using _ = rig
  const attested = await rig.cairn(['attest', '--out', 'change.jsonl', '--patch', 'change.patch'])
  expect(attested.code, attested.err).toBe(0)
  expect(attested.err).toContain('of the review stand in the statement')
  const envelope = JSON.parse(readFileSync(join(rig.cwd, 'change.jsonl'), 'utf8')) as { payload: string }
  const payload = Buffer.from(envelope.payload, 'base64').toString('utf8')
  const { predicate } = JSON.parse(payload) as { predicate: { findings: { rule: string; path: string }[] } }
  expect(predicate.findings.map(({ path }) => path)).toContain('server.js')
  expect(predicate.findings.map(({ rule }) => rule).join()).toMatch(/command/u)
  const fine = await rig.cairn(['verify', '--file', 'change.jsonl', '--patch', 'change.patch'])
  expect(fine.code, fine.err + fine.out).toBe(0)
}, 60_000)

test('one byte of statement or patch, and the verification fails with a reason', async () => {
  const { rig } = await attestedRig([{ path: 'a.js', old: 'exports.port = 80', new: 'exports.port = 8080' }])
  await using _ = rig
  await rig.cairn(['attest', '--no-review', '--out', 'change.jsonl', '--patch', 'change.patch'])
  for (const name of ['change.jsonl', 'change.patch']) {
    const file = join(rig.cwd, name)
    const bytes = readFileSync(file)
    for (const at of [3, Math.floor(bytes.length / 2), bytes.length - 3]) {
      const bad = Buffer.from(bytes)
      bad[at] = (bad[at] ?? 0) ^ 1
      writeFileSync(file, bad)
      const result = await rig.cairn(['verify', '--file', 'change.jsonl', '--patch', 'change.patch'])
      expect(result.code, `${name} at ${at}: ${result.out}`).not.toBe(0)
      expect(`${result.out}${result.err}`).toMatch(/statement|signature|envelope|patch/iu)
      writeFileSync(file, bytes)
    }
  }
  expect((await rig.cairn(['verify', '--file', 'change.jsonl', '--patch', 'change.patch'])).code).toBe(0)
}, 60_000)

test('review of a range, the index and a patch, in all formats', async () => {
  const { rig, git } = await attestedRig([
    { path: 'a.js', old: 'exports.port = 80', new: 'exports.port = 8080' },
  ])
  await using _ = rig
  writeFileSync(join(rig.cwd, 'server.js'), VULNERABLE)
  git('add', '.')
  const staged = await rig.cairn(['review', '--staged', '--json'])
  expect(staged.code).toBe(1)
  expect(
    (JSON.parse(staged.out) as { findings: { place: { file: string } }[] }).findings[0]?.place.file,
  ).toBe('server.js')
  writeFileSync(join(rig.cwd, 'p.patch'), git('diff', '--cached', 'HEAD'))
  git('reset', '-q', '--hard')
  expect((await rig.cairn(['review', 'HEAD~1..HEAD'])).code).toBe(0)
  const patch = await rig.cairn(['review', '--patch', 'p.patch', '--format', 'sarif'])
  expect(patch.code).toBe(1)
  expect(JSON.parse(patch.out)).toMatchObject({ version: '2.1.0' })
  expect((await rig.cairn(['review', '--patch', 'p.patch', '--format', 'markdown'])).out).toContain(
    '## Review',
  )
  expect((await rig.cairn(['review', 'no..such'])).code).not.toBe(0)
}, 60_000)
