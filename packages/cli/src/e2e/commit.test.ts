import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, type CliRig } from './testing/cli-rig.ts'

const FILES = {
  'port.js': 'exports.port = 3000\n',
  'old.js': 'gone soon\n',
  'mine.js': 'exports.mine = 1\n',
  'check.js': "if (require('./port.js').port !== 8080) { console.error('wrong port'); process.exit(1) }\n",
}
const CHECK = ['--check', 'node check.js']
const edit = (path: string, old: string, text: string) => call('edit', { path, old, new: text })
const CHANGE = {
  calls: [
    edit('port.js', '3000', '8080'),
    exec('mv old.js new.js && mkdir -p data && echo 1 > "data/ünï code.txt"'),
  ],
}
const DONE = { text: 'The port is 8080 now.' }

function gitIn(rig: CliRig) {
  const env = { PATH: process.env['PATH'], HOME: rig.home, LANG: 'C.UTF-8' }
  return (...words: string[]) =>
    execFileSync('git', ['-c', 'core.quotePath=false', ...words], {
      cwd: rig.cwd,
      env,
      encoding: 'utf8',
    }).trimEnd()
}
type Git = ReturnType<typeof gitIn>

async function rigWith(
  script: Parameters<typeof cliRig>[0],
  { unborn = false } = {},
): Promise<{ rig: CliRig; git: Git }> {
  const rig = await cliRig(script, FILES)
  writeFileSync(
    join(rig.home, '.gitconfig'),
    '[user]\n\tname = Pat\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n',
  )
  const git = gitIn(rig)
  git('init', '-q')
  if (!unborn) {
    git('add', '.')
    git('commit', '-qm', 'First')
  }
  return { rig, git }
}
const names = (text: string) => text.split('\n').filter(Boolean).toSorted()

test('a session is committed with its evidence; what it did not change is left out, what is staged stays staged', async () => {
  const { rig, git } = await rigWith([CHANGE, DONE])
  await using _ = rig
  writeFileSync(join(rig.cwd, 'mine.js'), 'exports.mine = 2\n')
  writeFileSync(join(rig.cwd, 'note.txt'), 'of a person\n')
  git('add', 'mine.js')
  const ran = await rig.run('please set the port to 8080. Keep mine.js as it is.', CHECK)
  expect(ran.code).toBe(0)
  const dry = await rig.cairn(['commit', '--dry-run'])
  expect([dry.code, git('rev-list', '--count', 'HEAD')]).toEqual([0, '1'])
  expect(dry.out).toContain('Set the port to 8080\n')
  const made = await rig.cairn(['commit'])
  expect([made.code, made.err]).toEqual([
    0,
    expect.stringContaining('left out: note.txt (the session did not change it)'),
  ])
  expect(made.out).toMatch(/^[0-9a-f]{12} on main: Set the port to 8080\n$/)
  expect(names(git('show', '--name-only', '--no-renames', '--format='))).toEqual([
    'data/ünï code.txt',
    'new.js',
    'old.js',
    'port.js',
  ])
  expect(names(git('status', '--porcelain'))).toEqual(['?? note.txt', 'M  mine.js'])
  expect(git('log', '-1', '--format=%an <%ae>|%s')).toBe('Pat <pat@example.org>|Set the port to 8080')
  const message = git('log', '-1', '--format=%B')
  expect(message).toContain(
    '- node check.js: passed, with changed files beside that are not in this\n  commit (tree ',
  )
  const trailers = git('log', '-1', '--format=%(trailers:key=Cairn-Session,valueonly)')
  expect(trailers.trim()).toBe(ran.events[0]?.['session'])
  expect((await rig.cairn(['log', 'verify'])).code).toBe(0)
  // Everything of the session is in it now.
  const again = await rig.cairn(['commit'])
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('was changed by the session')])
}, 60_000)

test('evidence that is stale or red is refused, and named where a person insists', async () => {
  const { rig, git } = await rigWith([
    CHANGE,
    DONE,
    { calls: [edit('port.js', '8080', '9090')] },
    { text: 'done' },
    { text: 'no' },
    { text: 'no' },
    { text: 'no' },
  ])
  await using _ = rig
  await rig.run('set the port to 8080', CHECK)
  appendFileSync(join(rig.cwd, 'port.js'), '// by hand\n')
  const stale = await rig.cairn(['commit', '--json'])
  expect([stale.code, git('rev-list', '--count', 'HEAD')]).toEqual([3, '1'])
  expect(JSON.parse(stale.out)).toMatchObject({
    commit: null,
    objections: ['files were changed after node check.js passed, so nothing shows that it still does'],
    notes: ['changes that are not of the session are in port.js'],
  })
  const insisted = await rig.cairn(['commit', '--yes', '--message', 'Serve on 8080\n\nAs agreed.\n'])
  expect([insisted.code, insisted.err]).toEqual([
    0,
    expect.stringContaining('accepted with --yes: files were changed'),
  ])
  const message = git('log', '-1', '--format=%B')
  expect(message).toMatch(/^Serve on 8080\n\nAs agreed\.\n\n/)
  expect(message).toContain('before the files were as they are here (tree')
  expect(message).toContain('Holds changes that are not of the session:\n- port.js')
  // The next commit speaks of what was asked since.
  const next = await rig.cairn(['resume', '--last', ...CHECK, ...rig.model(), 'make it 9090'])
  expect(next.code).toBe(3)
  const red = await rig.cairn(['commit'])
  expect([red.code, red.err]).toEqual([
    3,
    expect.stringContaining('refused: the check is red: node check.js failed with exit 1'),
  ])
  expect((await rig.cairn(['commit', '--yes'])).out).toContain('Make it 9090')
  expect(git('log', '-1', '--format=%B')).not.toContain('8080')
}, 60_000)

test('hooks run only when a person says so, and a commit they refuse leaves all as it was', async () => {
  const { rig, git } = await rigWith([CHANGE, DONE])
  await using _ = rig
  await rig.run('set the port to 8080', CHECK)
  const hook = join(rig.cwd, '.git/hooks/pre-commit')
  mkdirSync(join(rig.cwd, '.git/hooks'), { recursive: true })
  writeFileSync(hook, '#!/bin/sh\ntouch ran.txt\necho refused by the hook >&2\nexit 1\n', { mode: 0o755 })
  const asked = await rig.cairn(['commit'])
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('Say --hooks or --no-hooks')])
  expect(existsSync(join(rig.cwd, 'ran.txt'))).toBe(false)
  const status = git('status', '--porcelain')
  const refused = await rig.cairn(['commit', '--hooks'])
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('refused by the hook')])
  rmSync(join(rig.cwd, 'ran.txt'))
  expect(git('status', '--porcelain')).toBe(status)
  // What a hook stages is committed too.
  writeFileSync(hook, '#!/bin/sh\necho 2 > hooked.txt\ngit add hooked.txt\n', { mode: 0o755 })
  writeFileSync(join(rig.cwd, '.git/hooks/commit-msg'), '#!/bin/sh\necho "Change-Id: I1" >> "$1"\n', {
    mode: 0o755,
  })
  expect((await rig.cairn(['commit', '--hooks'])).code).toBe(0)
  expect(git('show', 'HEAD:hooked.txt')).toBe('2')
  expect(git('log', '-1', '--format=%B')).toContain('Change-Id: I1')
  expect(git('status', '--porcelain')).toBe('')
}, 60_000)

test('the first commit, a detached HEAD, what is staged alone, and secrets', async () => {
  const { rig, git } = await rigWith(
    [
      CHANGE,
      DONE,
      { calls: [call('exec', { command: 'echo "key=AKIA$(echo Q3EGRIPDJXZLNBTU)" > port.env' })] },
      { text: 'there' },
    ],
    { unborn: true },
  )
  await using _ = rig
  await rig.run('why is the port 3000?', CHECK)
  const first = await rig.cairn(['commit', '--all'])
  expect([first.code, first.out]).toEqual([
    0,
    expect.stringMatching(/on main: Change check\.js and 4 more files\n$/),
  ])
  expect(git('status', '--porcelain')).toBe('')
  git('checkout', '-q', '--detach')
  await rig.cairn(['resume', '--last', ...rig.model(), 'add a key'])
  const secret = await rig.cairn(['commit'])
  expect([secret.code, secret.err]).toEqual([
    3,
    expect.stringMatching(/looks like a secret would be committed: port\.env:1/),
  ])
  writeFileSync(join(rig.cwd, 'port.env'), 'key=\n')
  git('add', 'port.env')
  writeFileSync(join(rig.cwd, 'port.env'), 'key=later\n')
  const staged = await rig.cairn(['commit', '--staged', '--yes'])
  expect([staged.code, staged.err]).toEqual([
    0,
    expect.stringContaining('left out: port.env (changed again after it was staged)'),
  ])
  expect(staged.out).toContain('on a detached HEAD: Add a key')
  expect([git('show', 'HEAD:port.env'), readFileSync(join(rig.cwd, 'port.env'), 'utf8')]).toEqual([
    'key=',
    'key=later\n',
  ])
}, 60_000)

test('submodules, conflicts, a merge under way, no session and no repository are told', async () => {
  const { rig, git } = await rigWith([CHANGE, DONE])
  await using _ = rig
  const none = await rig.cairn(['commit'])
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('there is no session of')])
  const inner = join(rig.folder, 'inner')
  mkdirSync(inner)
  execFileSync(
    'sh',
    ['-c', 'git init -q && git -c user.name=n -c user.email=e commit -q --allow-empty -m one'],
    { cwd: inner },
  )
  git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'lib')
  git('commit', '-qm', 'Add lib')
  await rig.run('set the port to 8080', CHECK)
  execFileSync('sh', ['-c', 'git -c user.name=n -c user.email=e commit -q --allow-empty -m two'], {
    cwd: join(rig.cwd, 'lib'),
  })
  writeFileSync(join(rig.cwd, '.git/MERGE_HEAD'), `${git('rev-parse', 'HEAD')}\n`)
  const merging = await rig.cairn(['commit'])
  expect([merging.code, merging.err]).toEqual([1, expect.stringContaining('a merge is under way')])
  rmSync(join(rig.cwd, '.git/MERGE_HEAD'))
  const made = await rig.cairn(['commit'])
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('left out: lib (a submodule)')])
  // A repository whose own configuration starts programs.
  appendFileSync(join(rig.cwd, 'port.js'), '// more\n')
  git('config', 'gpg.program', './sign.sh')
  git('config', 'commit.gpgSign', 'true')
  const unsafe = await rig.cairn(['commit', '--yes'])
  expect([unsafe.code, unsafe.err]).toEqual([1, expect.stringContaining('gpg.program starts a program')])
  rmSync(join(rig.cwd, '.git'), { recursive: true })
  const bare = await rig.cairn(['commit'])
  expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('is in no git repository')])
}, 60_000)

test('a model may word the subject, and nothing else; what does not fit is not taken', async () => {
  const { rig, git } = await rigWith([
    CHANGE,
    DONE,
    { text: '"Serve on port 8080."\n\nSigned-off-by: somebody' },
    { text: 'word '.repeat(40) },
  ])
  await using _ = rig
  await rig.run('set the port to 8080', CHECK)
  const none = await rig.cairn(['commit', '--draft'])
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('--draft needs a model')])
  const drafted = await rig.cairn(['commit', '--draft', '--dry-run', ...rig.model()])
  expect(drafted.out).toMatch(/^Serve on port 8080\n\n/)
  expect(drafted.out).not.toContain('Signed-off-by')
  const request = rig.server.requests.at(-1)?.text ?? ''
  expect([request.includes('set the port to 8080'), request.includes('port.js')]).toEqual([true, true])
  const long = await rig.cairn(['commit', '--draft', ...rig.model()])
  expect([long.code, long.err]).toEqual([0, expect.stringContaining('no draft of a subject')])
  expect(git('log', '-1', '--format=%s')).toBe('Set the port to 8080')
}, 60_000)
