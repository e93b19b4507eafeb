import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, type CliRig } from './testing/cli-rig.ts'

const LIMIT = { timeout: 180_000 }
const FILES = { 'a.js': 'old(1)\n', 'b.js': 'old(2)\n', 'c.js': 'old(3)\n' }

const git = (rig: CliRig, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], {
    cwd: rig.cwd,
    encoding: 'utf8',
  }).trim()

async function campaignCli(definition: string): Promise<{ rig: CliRig; file: string }> {
  const rig = await cliRig([{ text: 'never' }], FILES)
  git(rig, 'init', '-q', '-b', 'main')
  git(rig, 'add', '-A')
  git(rig, 'commit', '-qm', 'first')
  const file = join(rig.folder, 'rename.yaml')
  writeFileSync(file, definition)
  return { rig, file }
}

const RENAME = `
goal: call next instead of old
units: { glob: '*.js' }
recipe: { ast-grep: { pattern: 'old($A)', rewrite: 'next($A)' } }
check: { unit: '! grep -q old {file}', batch: 'test -f a.js' }
`
const SLOW = `
goal: call next instead of old
units: { glob: '*.js' }
recipe: { command: 'sleep 2; sed -i s/old/next/ {file}' }
order: none
`

test('a campaign of the real command says how it ended in its last line', LIMIT, async () => {
  const { rig, file } = await campaignCli(RENAME)
  await using _ = rig
  const run = await rig.cairn(['campaign', 'run', file, '--json', '--workers', '1'])
  expect([run.err, run.code]).toEqual(['', 0])
  expect(run.last).toMatchObject({
    type: 'campaign.finished',
    status: 'done',
    reason: null,
    counts: { merged: 3, pending: 0, running: 0, verified: 0, failed: 0, 'needs-human': 0 },
    branch: expect.stringMatching(/^cairn\//),
    head: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
  expect(run.out.trim().split('\n').at(-1)).toContain('"campaign.finished"')
  const branch = String(run.last?.['branch'])
  expect(git(rig, 'rev-parse', branch)).toBe(run.last?.['head'])
  expect(git(rig, 'show', `${branch}:b.js`)).toBe('next(2)')
  expect([git(rig, 'status', '--porcelain'), git(rig, 'branch', '--show-current')]).toEqual(['', 'main'])
  const status = await rig.cairn(['campaign', 'status', '--json'])
  expect(status.last).toMatchObject({ status: 'done', counts: { merged: 3 }, branch, open: [] })
  const again = await rig.cairn(['campaign', 'resume', '--json', '--workers', '1'])
  expect([again.code, again.last?.type, again.last?.['head']]).toEqual([
    0,
    'campaign.finished',
    run.last?.['head'],
  ])
  const report = await rig.cairn(['campaign', 'report', '--pull-request'])
  for (const name of Object.keys(FILES)) expect(report.out).toContain(name)
})

test('what is open, a red end and wrong words have exit codes of their own', LIMIT, async () => {
  const { rig, file } = await campaignCli(RENAME.replace('! grep -q old {file}', 'test {file} != b.js'))
  await using _ = rig
  const open = await rig.cairn(['campaign', 'run', file, '--json', '--workers', '1'])
  expect([open.code, open.last]).toMatchObject([
    3,
    { type: 'campaign.finished', status: 'done-with-open-items', counts: { merged: 2, failed: 1 } },
  ])
  writeFileSync(file, `${RENAME}final: no\n`)
  const wrong = await rig.cairn(['campaign', 'run', file])
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('final')
  expect(wrong.err).not.toContain('defect')
})

test(
  'a fleet worker finishes its unit on SIGTERM or when it is drained, and another one goes on',
  LIMIT,
  async () => {
    const { rig, file } = await campaignCli(SLOW)
    await using _ = rig
    const campaign = rig.start(['campaign', 'run', file, '--json', '--workers', '0'])
    const doneBy = () =>
      campaign
        .out()
        .split('\n')
        .filter((line) => line.includes('"campaign.handed-in"'))
        .map((line): { worker: string } => JSON.parse(line))
        .map(({ worker }) => worker)
    const worker = () => rig.start(['fleet', 'worker'])
    /** Waits until some worker has a unit, and gives its name. */
    const busy = async (): Promise<string> => {
      for (;;) {
        const status = await rig.cairn(['fleet', 'status', '--json'])
        const workers = status.last?.['workers']
        if (!Array.isArray(workers)) continue
        const found: { id: string; job: string | null } | undefined = workers.find(({ job }) => job !== null)
        if (found !== undefined) return found.id
      }
    }

    const first = worker()
    const name = await busy()
    first.child.kill('SIGTERM')
    const left = await first.result
    expect([left.err, left.code]).toEqual(['', 0])
    await campaign.until(() => doneBy().length === 1)
    expect(doneBy()).toEqual([name])

    const second = worker()
    const next = await busy()
    expect(next).not.toBe(name)
    const drain = await rig.cairn(['fleet', 'drain', next])
    expect([drain.out, drain.code]).toEqual(['1 worker asked to finish and leave\n', 0])
    expect((await second.result).code).toBe(0)
    await campaign.until(() => doneBy().length >= 2)

    const third = worker()
    const end = await campaign.result
    expect([end.code, end.last]).toMatchObject([0, { type: 'campaign.finished', counts: { merged: 3 } }])
    // It may still be starting: the units may have been done without it.
    for (let known = 0; known === 0;) {
      const { last } = await rig.cairn(['fleet', 'status', '--json'])
      known = Array.isArray(last?.['workers']) ? last['workers'].length : 0
    }
    third.child.kill('SIGINT')
    expect((await third.result).code).toBe(0)
    const status = await rig.cairn(['fleet', 'status', '--json'])
    expect(status.last).toMatchObject({ workers: [], queues: [{ done: 3, ready: 0, running: 0, dead: 0 }] })
    expect(git(rig, 'worktree', 'list').split('\n')).toHaveLength(1)
  },
)
