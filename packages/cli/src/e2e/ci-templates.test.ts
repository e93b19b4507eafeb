import { auditFiles } from '@cairn/review'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { COMMANDS } from '../commands.ts'
import { parseCommandLine } from '../parse-command-line.ts'
import { CAIRN, cliRig, type CliRig } from './testing/cli-rig.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../../examples')
const text = (name: string) => readFileSync(join(EXAMPLES, 'ci', name), 'utf8')

interface Step {
  name: string
  id?: string
  uses?: string
  run?: string
  env?: Record<string, string>
  'working-directory'?: string
}
interface Job {
  permissions: Record<string, string>
  env: Record<string, string>
  steps: Step[]
}
const github = parse(text('github-action.yml')) as {
  on: object
  permissions: object
  jobs: { work: Job; propose: Job }
}
const gitlab = parse(text('gitlab-ci.yml')) as {
  cairn: Record<'before_script' | 'script' | 'after_script', string[]> & { rules: { if: string }[] }
}
const { work, propose } = github.jobs
const githubScripts = [...work.steps, ...propose.steps].flatMap(({ run }) => (run === undefined ? [] : [run]))
const gitlabScripts = [gitlab.cairn.before_script, gitlab.cairn.script, gitlab.cairn.after_script].map(
  (lines) => lines.join('\n'),
)

/** Commits that were looked at, by tag. */
const PINS: Record<string, string> = {
  'actions/checkout': '11bd71901bbe5b1630ceea73d27597364c9af683',
  'actions/setup-node': '49933ea5288caeca8642d1e84afbd3f7d6820020',
  'actions/upload-artifact': 'ea165f8d65b6e75b540449e92b4886f43607fa02',
}

test('actions are pinned, and each job has the least it needs', () => {
  for (const { uses } of [...work.steps, ...propose.steps]) {
    if (uses === undefined) continue
    const [action = '', commit] = uses.split('@')
    expect(commit, uses).toBe(PINS[action])
  }
  expect([github.permissions, work.permissions]).toEqual([{}, { contents: 'read' }])
  expect(propose.permissions).toEqual({ actions: 'read', contents: 'write', 'pull-requests': 'write' })
  expect(Object.keys(github.on)).toEqual(['workflow_dispatch'])
  // Keys are where the model is asked, and nowhere else; the job that writes runs nothing of the project.
  const withSecrets = work.steps.filter((step) => JSON.stringify(step).includes('secrets.'))
  expect(withSecrets.map(({ id }) => id)).toEqual(['run'])
  expect(JSON.stringify(propose)).not.toMatch(/secrets\.|npm|CAIRN/)
  for (const { uses, ...step } of [...work.steps, ...propose.steps])
    if (uses?.startsWith('actions/checkout') === true)
      expect(step).toMatchObject({ with: { 'persist-credentials': false } })
  expect(gitlab.cairn.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "web" && $TASK != ""' }])
})

test('no script has a word of an event in it, and all are valid shell', () => {
  for (const script of githubScripts) expect(script).not.toContain('${{')
  for (const script of [...githubScripts, ...gitlabScripts]) {
    const checked = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
    expect([checked.status, checked.stderr]).toEqual([0, ''])
  }
})

test('every command of cairn in them exists, with its options', () => {
  const lines = [...githubScripts, ...gitlabScripts]
    .flatMap((script) => script.split('\n'))
    .flatMap((line) => line.split('"$CAIRN" ').slice(1))
    .map((line) => line.split(/ (?:[>|]|\|\|) ?/u)[0] ?? '')
  const called = lines.map((line) => {
    const [name = '', ...words] = line.split(' ').map((word) => word.replaceAll('"', ''))
    const command = COMMANDS.find((each) => each.name === name)
    if (command === undefined) throw new Error(`there is no cairn ${name}`)
    parseCommandLine(command, words)
    return name
  })
  const all = ['doctor', 'run', 'commit', 'attest', 'export', 'log', 'audit']
  expect(called).toEqual([...all, ...all])
})

test('the audit of cairn has nothing against them', async () => {
  const files = [
    { path: '.github/workflows/cairn.yml', text: text('github-action.yml') },
    { path: '.gitlab-ci.yml', text: text('gitlab-ci.yml') },
  ]
  const { findings, unparsed } = await auditFiles(files, { today: '2026-01-01' })
  expect([findings, unparsed]).toEqual([[], []])
  // It would have: a word of an event in a script, and a tag in place of a commit.
  const bad = text('github-action.yml')
    .replace('"$TASK" |', '"${{ github.event.issue.title }}" |')
    .replace(/@11bd\w+/u, '@v4')
  const found = await auditFiles([{ path: '.github/workflows/cairn.yml', text: bad }], {
    today: '2026-01-01',
  })
  expect(found.findings.length).toBeGreaterThanOrEqual(2)
})

/** A repository with a broken example in it, in `folder`. */
function project(rig: CliRig, folder: string): void {
  cpSync(join(EXAMPLES, 'broken/result-pages'), folder, { recursive: true })
  execFileSync(
    'sh',
    ['-c', 'git init -q -b main && git add . && git -c user.name=n -c user.email=n@x commit -qm First'],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: rig.home },
    },
  )
}
const environment = (rig: CliRig): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: rig.home,
  LANG: 'C.UTF-8',
  TASK: 'make the failing tests pass; $(touch escaped) `touch escaped`',
  CHECK: 'npm test',
  CAIRN,
  GIT_AUTHOR_NAME: 'cairn',
  GIT_AUTHOR_EMAIL: 'cairn@localhost',
  GIT_COMMITTER_NAME: 'cairn',
  GIT_COMMITTER_EMAIL: 'cairn@localhost',
})
const MADE = [
  'events.jsonl',
  'session.html',
  'session.jsonl',
  'audit.sarif',
  'change.bundle',
  'change.intoto.jsonl',
  'change.patch',
  'journal.vkey',
]

function holds(rig: CliRig, out: string, clone: string): void {
  for (const name of MADE) expect([name, existsSync(join(out, name))]).toEqual([name, true])
  const vkey = join(out, 'journal.vkey')
  const env = { ...environment(rig), CAIRN_DATA_DIR: rig.dataDir }
  const cairn = (...words: string[]) => spawnSync(CAIRN, words, { cwd: clone, env, encoding: 'utf8' })
  execFileSync('git', ['fetch', '-q', join(out, 'change.bundle'), 'HEAD'], { cwd: clone, env })
  const verified = cairn(
    'verify',
    'FETCH_HEAD',
    '--file',
    join(out, 'change.intoto.jsonl'),
    '--key',
    vkey,
    '--patch',
    join(out, 'change.patch'),
  )
  expect([verified.status, verified.stderr]).toEqual([0, ''])
  expect(
    cairn('log', 'verify', join(out, 'session.jsonl'), '--key', readFileSync(vkey, 'utf8').trim()).status,
  ).toBe(0)
  expect(JSON.parse(readFileSync(join(out, 'audit.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
}

test('the steps of the action do what they say, on a broken project without a key', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const [out, output, folder] = ['out', 'output', 'work'].map((name) => join(rig.folder, name)) as [
    string,
    string,
    string,
  ]
  project(rig, folder)
  const clone = join(rig.folder, 'clone')
  execFileSync('git', ['clone', '-q', folder, clone])
  mkdirSync(out)
  writeFileSync(output, '')
  const env = {
    ...environment(rig),
    CAIRN_DATA_DIR: rig.dataDir,
    OUT: out,
    GITHUB_OUTPUT: output,
    GITHUB_SHA: 'unused',
  }
  for (const step of work.steps) {
    if (step['working-directory'] !== 'work' || step.run === undefined) continue
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { cwd: folder, env, encoding: 'utf8' })
    expect([step.name, ran.status, ran.stderr]).toEqual([step.name, 0, expect.any(String)])
  }
  expect(readFileSync(output, 'utf8')).toBe('code=0\nchanged=true\n')
  expect(existsSync(join(folder, 'escaped'))).toBe(false)
  holds(rig, out, clone)
}, 120_000)

test('the job for GitLab does what it says, and a run that fails fails the job', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const folder = join(rig.folder, 'work')
  project(rig, folder)
  const clone = join(rig.folder, 'clone')
  execFileSync('git', ['clone', '-q', folder, clone])
  const env = { ...environment(rig), CAIRN_DATA_DIR: join(rig.folder, 'job') }
  const run = (script: string | undefined, more = {}) =>
    spawnSync('bash', ['-eo', 'pipefail', '-c', script ?? ''], {
      cwd: folder,
      env: { ...env, ...more },
      encoding: 'utf8',
    })
  const [, script, after] = gitlabScripts
  mkdirSync(join(env.CAIRN_DATA_DIR, 'out'), { recursive: true })
  expect(run(script, { CHECK: 'false', CAIRN_MAX_STEPS: '3' }).status).toBeGreaterThan(2)
  execFileSync('git', ['checkout', '-q', '.'], { cwd: folder })
  expect(run(script).status).toBe(0)
  expect(run(after).status).toBe(0)
  holds(rig, join(folder, 'cairn-out'), clone)
  expect(existsSync(env.CAIRN_DATA_DIR)).toBe(false)
}, 120_000)
