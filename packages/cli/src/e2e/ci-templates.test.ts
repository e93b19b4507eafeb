import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../commands.ts'
import { parseCommandLine } from '../parse-command-line.ts'
import { CAIRN, cliRig, type CliRig } from './testing/cli-rig.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../../examples')
const text = (name: string) => readFileSync(join(EXAMPLES, 'ci', name), 'utf8')

interface Script {
  name: string
  run: string
  inWork: boolean
}

/** The scripts of steps; the file is parsed for real in packages/review. */
const githubSteps: Script[] = text('github-action.yml')
  .split(/^ {6}- name: /mu)
  .slice(1)
  .flatMap((step) => {
    const run = /^ {8}run: \|\n((?: {10}.*\n?|\n)+)/mu.exec(step)?.[1]
    const [name = ''] = step.split('\n')
    return run === undefined
      ? []
      : [{ name, run: run.replaceAll(/^ {10}/gmu, ''), inWork: step.includes('working-directory: work') }]
  })
const githubScripts = githubSteps.map(({ run }) => run)

/** The lines of one list of the job, each an item or a block. */
function gitlabScript(key: string): string {
  const list = new RegExp(`^  ${key}:\\n((?: {4}.*\\n?)+)`, 'mu').exec(text('gitlab-ci.yml'))?.[1] ?? ''
  return list
    .replaceAll(/^ {4}#.*\n/gmu, '')
    .replaceAll(/^ {4}- \|\n/gmu, '')
    .replaceAll(/^ {4}- '(.*)'$/gmu, '$1')
    .replaceAll(/^ {4}- /gmu, '')
    .replaceAll(/^ {6}/gmu, '')
}
const gitlabScripts = ['before_script', 'script', 'after_script'].map(gitlabScript)

test('no script has a word of an event in it, and all are valid shell', () => {
  expect([githubScripts.length, gitlabScripts.map((script) => script === '')]).toEqual([
    6,
    [false, false, false],
  ])
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
  for (const step of githubSteps.filter(({ inWork }) => inWork)) {
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
