import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOwnGit } from './own-git.ts'

let root: string
let repo: string
let canary: string
let payload: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'own-git-')))
  repo = join(root, 'repo')
  canary = join(root, 'canary')
  payload = join(root, 'payload')
  env = { PATH: process.env['PATH'], HOME: root }
  mkdirSync(repo)
  writeFileSync(payload, `#!/bin/sh\ntouch ${canary}\ncat\n`, { mode: 0o755 })
  writeFileSync(
    join(root, '.gitconfig'),
    '[user]\n\tname = Pat\n\temail = pat@x\n[init]\n\tdefaultBranch = main\n',
  )
  execFileSync('git', ['init', '-q'], { cwd: repo, env })
  writeFileSync(join(repo, 'a.txt'), 'one\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = async (hooks: boolean, more: NodeJS.ProcessEnv = {}) => {
  const git = await openOwnGit({ cwd: repo, env: { ...env, ...more }, hooks })
  if (git === null) throw new Error('there is no repository')
  return git
}
const commit = ['commit', '--quiet', '-m', 'First']
const hook = (name: string) => {
  mkdirSync(join(repo, '.git/hooks'), { recursive: true })
  writeFileSync(join(repo, '.git/hooks', name), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
}

test('a commit is by the person, with the filters of their own configuration', async () => {
  appendFileSync(join(root, '.gitconfig'), '[filter "up"]\n\tclean = tr a-z A-Z\n')
  writeFileSync(join(repo, '.gitattributes'), 'a.txt filter=up\n')
  const git = await open(false)
  await git.run(['add', 'a.txt'])
  expect((await git.run(commit)).code).toBe(0)
  const { stdout } = await git.run(['log', '-1', '--format=%an %ae', '-p'])
  expect(stdout.toString()).toMatch(/^Pat pat@x\n[\s\S]*\+ONE\n$/)
  expect([await git.setting('user.name'), await git.setting('no.thing')]).toEqual(['Pat', null])
})

test('hooks run only where they are asked for', async () => {
  for (const name of ['pre-commit', 'post-commit', 'reference-transaction', 'post-index-change']) hook(name)
  const without = await open(false)
  await without.run(['add', 'a.txt'])
  expect((await without.run(commit)).code).toBe(0)
  expect(existsSync(canary)).toBe(false)
  const withHooks = await open(true)
  await withHooks.run(['commit', '--quiet', '--allow-empty', '-m', 'Second'])
  expect(existsSync(canary)).toBe(true)
})

test.each([
  ['a clean filter', '[filter "x"]\n\tclean = PAYLOAD\n'],
  ['a signing program', '[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = PAYLOAD\n'],
  ['a signing program of one format', '[gpg "ssh"]\n\tprogram = PAYLOAD\n'],
  ['a command that gives a key', '[gpg "ssh"]\n\tdefaultKeyCommand = PAYLOAD\n'],
  ['an include', '[include]\n\tpath = ../evil\n'],
  ['a file system monitor', '[core]\n\tfsmonitor = PAYLOAD\n'],
  ['a hook in configuration', '[hook "x"]\n\tcommand = PAYLOAD\n\tevent = pre-commit\n'],
])('%s that the repository itself names is refused', async (_, text) => {
  writeFileSync(join(repo, '.gitattributes'), '* filter=x\n')
  appendFileSync(join(repo, '.git/config'), text.replaceAll('PAYLOAD', payload))
  await expect(open(false)).rejects.toMatchObject({ code: 'unsafe-git' })
  expect(existsSync(canary)).toBe(false)
})

test('an editor, a pager, hooks and external diffs of the repository do not start', async () => {
  appendFileSync(
    join(repo, '.git/config'),
    `[core]\n\teditor = ${payload}\n\tpager = ${payload}\n\thooksPath = ${root}\n\tsshCommand = ${payload}\n\taskPass = ${payload}\n[diff]\n\texternal = ${payload}\n`,
  )
  writeFileSync(join(root, 'pre-commit'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  const git = await open(false)
  await git.run(['add', 'a.txt'])
  await git.run(['diff', '--cached'])
  await git.run(commit)
  await git.run(['log', '-p'])
  expect(existsSync(canary)).toBe(false)
  expect((await git.run(['rev-list', '--count', 'HEAD'])).stdout.toString()).toBe('1\n')
})

test('neither variables of the surroundings nor a git in PATH lead elsewhere', async () => {
  const other = join(root, 'other')
  mkdirSync(other)
  execFileSync('git', ['init', '-q', other], { env })
  const bin = join(repo, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'git'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  for (const hooks of [true, false]) {
    const git = await open(hooks, {
      PATH: `${bin}:${process.env['PATH']}`,
      GIT_DIR: join(other, '.git'),
      GIT_INDEX_FILE: join(other, 'index'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.hooksPath',
      GIT_CONFIG_VALUE_0: root,
    })
    await git.run(['add', 'a.txt'])
    expect((await git.run(['ls-files'])).stdout.toString()).toBe('a.txt\n')
  }
  expect(existsSync(canary)).toBe(false)
  expect(existsSync(join(other, 'index'))).toBe(false)
})

test('where there is no repository there is none', async () => {
  expect(await openOwnGit({ cwd: root, env, hooks: true })).toBeNull()
})
