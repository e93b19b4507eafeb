import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { tuiRig, KEY } from '../tui/testing/tui-rig.ts'
import { call, cliRig, exec, type CliResult, type CliRig } from './testing/cli-rig.ts'

const edit = (path: string, old: string, text: string) => call('edit', { path, old, new: text })
const FILES = {
  '.gitignore': 'node_modules/\n*.env\nlogs/\n',
  '.worktreeinclude': '*.env\n',
  'app/port.js': 'exports.port = 3000\n',
  'app/check.js':
    "require('dep'); require('own'); process.exit(require('./port.js').port === 8080 ? 0 : 1)\n",
  'lib/own/index.js': 'exports.own = 1\n',
}
const UNTRACKED = {
  'app/local.env': 'NAME=x\n',
  'logs/big.log': 'never copied\n',
  'node_modules/dep/index.js': 'exports.dep = 1\n',
  '.cairn/policy.json': '{"version":1,"rules":[]}\n',
}

async function rigWith(script: Parameters<typeof cliRig>[0]) {
  const rig = await cliRig(script, FILES)
  const env = { PATH: process.env['PATH'], HOME: rig.home, LANG: 'C.UTF-8' }
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: rig.cwd, env, encoding: 'utf8' }).trimEnd()
  writeFileSync(
    join(rig.home, '.gitconfig'),
    '[user]\n\tname = Pat\n\temail = p@x\n[init]\n\tdefaultBranch = main\n',
  )
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'First')
  for (const [name, text] of Object.entries(UNTRACKED)) {
    mkdirSync(dirname(join(rig.cwd, name)), { recursive: true })
    writeFileSync(join(rig.cwd, name), text)
  }
  symlinkSync('../lib/own', join(rig.cwd, 'node_modules/own'))
  return { rig, git, app: join(rig.cwd, 'app') }
}
const started = (run: CliResult) =>
  run.events.find(({ type }) => type === 'session.started') as unknown as {
    session: string
    cwd: string
    worktree: { home: string; root: string; branch: string; base: string }
  }
const poolOf = (rig: CliRig) => {
  const [pool] = readdirSync(`${rig.dataDir}-worktrees`)
  return join(`${rig.dataDir}-worktrees`, pool ?? '')
}

test('a session works in a worktree, goes on there, and its commit is merged by hand', async () => {
  const { rig, git } = await rigWith([
    {
      calls: [
        exec('cat app/local.env .cairn/policy.json; ls logs; echo > node_modules/mine; node app/check.js'),
        edit('app/port.js', '3000', '8080'),
      ],
    },
    { text: 'done' },
    { calls: [edit('app/port.js', 'exports.port', 'module.exports.port')] },
    { text: 'done again' },
  ])
  await using _ = rig
  writeFileSync(join(rig.cwd, 'mine.txt'), 'not committed\n')
  const before = git('status', '--porcelain')
  const words = ['--check', 'node app/check.js', ...rig.model()]
  const run = await rig.cairn(['run', '--worktree', '--json', ...words, 'set the port'])
  expect([run.code, run.err]).toEqual([0, ''])
  const { session, cwd, worktree } = started(run)
  expect([cwd, worktree.branch, git('branch', '--list', 'cairn/*')]).toEqual([
    worktree.root,
    `cairn/${session}`,
    `+ cairn/${session}`,
  ])
  const [first] = run.events.filter(({ type }) => type === 'tool.done')
  expect(first?.output).toContain('NAME=x')
  expect(first?.output).toContain('"rules"')
  expect(first?.output).not.toMatch(/big\.log|Cannot find|Read-only/)
  // The checkout is untouched.
  const port = (root: string) => readFileSync(join(root, 'app/port.js'), 'utf8')
  expect([git('status', '--porcelain'), port(rig.cwd), port(cwd)]).toEqual([
    before,
    'exports.port = 3000\n',
    'exports.port = 8080\n',
  ])
  expect([existsSync(join(cwd, 'mine.txt')), existsSync(join(rig.cwd, 'node_modules/mine'))]).toEqual([
    false,
    false,
  ])
  // It is a session of this folder, and goes on in its own.
  const listed = await rig.cairn(['sessions', '--json'])
  expect(listed.events.map((each) => each['id'])).toEqual([session])
  const more = await rig.cairn(['resume', '--last', ...words, 'export it in full'])
  expect([more.code, more.err]).toEqual([0, expect.stringContaining(`git merge cairn/${session}`)])
  const made = await rig.cairn(['commit'])
  expect(made.err).not.toContain('is not known')
  expect([made.code, made.out]).toEqual([
    0,
    expect.stringMatching(new RegExp(`on cairn/${session}: Set the port\n$`)),
  ])
  expect(git('show', '--name-only', '--format=', `cairn/${session}`)).toBe('app/port.js')
  git('merge', '-q', `cairn/${session}`)
  expect(port(rig.cwd)).toBe('module.exports.port = 8080\n')
}, 60_000)

test('a session of a folder works in the same folder of its worktree', async () => {
  const { rig, app } = await rigWith([{ calls: [edit('port.js', '3000', '8080')] }, { text: 'done' }])
  await using _ = rig
  const run = await rig.cairn(['run', '--worktree', '--json', ...rig.model(), 'set the port'], { cwd: app })
  const { session, cwd, worktree } = started(run)
  expect(cwd).toBe(join(worktree.root, 'app'))
  const ids = async (folder: string) =>
    (await rig.cairn(['sessions', '--json'], { cwd: folder })).events.map((each) => each['id'])
  expect([await ids(app), await ids(rig.cwd)]).toEqual([[session], []])
  // Its work is not deleted with it.
  const pruned = await rig.cairn(['sessions', 'prune', '--older-than', '0', '--yes'])
  expect([pruned.code, pruned.err]).toEqual([
    0,
    expect.stringContaining(`its worktree stays, with what was made there: ${cwd}`),
  ])
  expect(existsSync(join(cwd, 'port.js'))).toBe(true)
}, 60_000)

test('what is not committed is named or carried along; a worktree in which nothing was made goes', async () => {
  const { rig, git } = await rigWith([
    { text: 'nothing to do' },
    { calls: [exec('cat app/port.js new.txt gone.txt')] },
    { text: 'seen' },
    { text: 'made anew' },
  ])
  await using _ = rig
  writeFileSync(join(rig.cwd, 'app/port.js'), 'exports.port = 4000\n')
  writeFileSync(join(rig.cwd, 'new.txt'), 'a new file\n')
  rmSync(join(rig.cwd, 'lib/own/index.js'))
  const bare = await rig.cairn(['run', '--worktree', ...rig.model(), 'look'])
  expect(bare.err).toContain('of your checkout are not in the worktree; --carry takes them along')
  expect(bare.err).toContain('nothing was made in the worktree: it was removed')
  expect([
    git('branch', '--list', 'cairn/*'),
    git('worktree', 'list').split('\n').length,
    readdirSync(poolOf(rig)),
  ]).toEqual(['', 1, []])
  const carried = await rig.cairn(['run', '--worktree', '--carry', '--json', ...rig.model(), 'look'])
  const seen = carried.events.find(({ type }) => type === 'tool.done')?.output
  expect([seen?.includes('4000'), seen?.includes('a new file')]).toEqual([true, true])
  // It was only a copy of the checkout, so it went too; a session that goes on gets it again.
  const { session, worktree } = started(carried)
  expect(existsSync(worktree.root)).toBe(false)
  const again = await rig.cairn(['resume', session, '--json', ...rig.model(), 'go on'])
  expect([again.code, again.last?.['summary']]).toEqual([0, 'made anew'])
}, 60_000)

test('without a repository or a commit there is no worktree, and it is said', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const none = await rig.cairn(['run', '--worktree', ...rig.model(), 'x'])
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('is in no git repository')])
  execFileSync('git', ['init', '-q'], { cwd: rig.cwd })
  const unborn = await rig.cairn(['run', '--worktree', ...rig.model(), 'x'])
  expect([unborn.code, unborn.err]).toEqual([2, expect.stringContaining('has no commit yet')])
  expect((await rig.cairn(['run', '--carry', ...rig.model(), 'x'])).code).toBe(2)
}, 60_000)

test('the terminal UI works in a worktree too, and says at the end where the work is', async () => {
  const { rig: cli, git } = await rigWith([
    { calls: [edit('app/port.js', '3000', '8080')] },
    { text: 'it is set' },
  ])
  await using _ = cli
  await using rig = await tuiRig([{ text: '' }], { cli, words: ['--worktree'] })
  await rig.until('Ask for a change')
  await rig.send('set the port')
  await rig.until('it is set')
  await rig.until('answered')
  await rig.send('/commit --yes Serve on 8080')
  await rig.until(/on cairn\/\w+: Serve on 8080/)
  rig.type(KEY.ctrlD)
  await rig.exit
  expect(rig.everything()).toContain('git merge cairn/')
  expect(git('log', '--all', '--format=%s').split('\n')).toEqual(['Serve on 8080', 'First'])
}, 60_000)
