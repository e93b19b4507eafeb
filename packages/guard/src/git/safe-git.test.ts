import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
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
import { safeGit } from './safe-git.ts'
import { unsafeConfig } from './unsafe-config.ts'

let root: string
let repo: string
let canary: string
let payload: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'safe-git-')))
  repo = join(root, 'repo')
  canary = join(root, 'canary')
  payload = join(root, 'payload')
  mkdirSync(repo)
  writeFileSync(payload, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  git('init', '-q')
  writeFileSync(join(repo, 'a.txt'), 'one\n')
  git('add', '-A')
  git('-c', 'user.name=n', '-c', 'user.email=e', 'commit', '-qm', 'first')
  writeFileSync(join(repo, 'a.txt'), 'two\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const git = (...args: string[]) => execFileSync('git', args, { cwd: repo, encoding: 'utf8' })
const safe = (...args: string[]) => safeGit(args, { cwd: repo })

test('runs ordinary commands and gives exit codes as results', async () => {
  expect((await safe('status', '--porcelain')).stdout.toString()).toBe(' M a.txt\n')
  expect((await safe('diff', '--stat')).code).toBe(0)
  expect((await safe('rev-parse', '--verify', 'nothing')).code).not.toBe(0)
  const { stdout } = await safeGit(['hash-object', '-w', '--stdin'], { cwd: repo, input: 'text' })
  expect(stdout.toString().trim()).toMatch(/^[0-9a-f]{40}$/u)
})

test('hooks do not run', async () => {
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-commit']) {
    writeFileSync(join(repo, '.git/hooks', hook), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
    chmodSync(join(repo, '.git/hooks', hook), 0o755)
  }
  await safe('checkout', '-q', '-b', 'other')
  await safe('update-ref', 'refs/heads/third', 'HEAD')
  expect(existsSync(canary)).toBe(false)
})

test.each([
  ['fsmonitor', '[core]\n\tfsmonitor = PAYLOAD\n', 'status'],
  ['clean filter', '[filter "x"]\n\tclean = PAYLOAD\n', 'status'],
  ['include', '[include]\n\tpath = ../evil\n', 'status'],
  ['conditional include', '[includeIf "gitdir:/"]\n\tpath = ../evil\n', 'status'],
  ['textconv', '[diff "x"]\n\ttextconv = PAYLOAD\n', 'diff'],
  ['diff command', '[diff "x"]\n\tcommand = PAYLOAD\n', 'diff'],
  ['merge driver', '[merge "x"]\n\tdriver = PAYLOAD %A\n', 'status'],
  ['credential helper', '[credential]\n\thelper = PAYLOAD\n', 'status'],
  ['work tree elsewhere', '[core]\n\tworktree = /\n', 'status'],
  ['upload pack', '[remote "o"]\n\tuploadpack = PAYLOAD\n', 'status'],
  ['trailer', '[trailer "x"]\n\tcommand = PAYLOAD\n', 'status'],
  ['hook in configuration', '[hook "x"]\n\tcommand = PAYLOAD\n\tevent = pre-commit\n', 'status'],
])('refuses a configuration with %s, which would run', async (_, text, command) => {
  writeFileSync(join(repo, '.gitattributes'), '* filter=x diff=x merge=x\n')
  appendFileSync(join(repo, '.git/config'), text.replaceAll('PAYLOAD', payload))
  await expect(safe(command)).rejects.toMatchObject({ code: 'unsafe-git' })
  expect(existsSync(canary)).toBe(false)
})

test.each([
  ['pager', '[core]\n\tpager = PAYLOAD\n[pager]\n\tlog = PAYLOAD\n'],
  ['external diff', '[diff]\n\texternal = PAYLOAD\n'],
  [
    'editor and signing',
    '[core]\n\teditor = PAYLOAD\n[gpg]\n\tprogram = PAYLOAD\n[commit]\n\tgpgsign = true\n[log]\n\tshowSignature = true\n',
  ],
  ['hooks path', '[core]\n\thooksPath = ../hooks\n'],
])('overrides or refuses %s', async (_, text) => {
  mkdirSync(join(root, 'hooks'))
  writeFileSync(join(root, 'hooks/post-index-change'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  appendFileSync(join(repo, '.git/config'), text.replaceAll('PAYLOAD', payload))
  for (const args of [['log', '-p'], ['diff'], ['add', '-A'], ['commit', '-qm', 'x']]) {
    await safeGit(args, {
      cwd: repo,
      env: { GIT_AUTHOR_NAME: 'n', GIT_AUTHOR_EMAIL: 'e', GIT_COMMITTER_NAME: 'n', GIT_COMMITTER_EMAIL: 'e' },
    }).catch(() => {})
  }
  expect(existsSync(canary)).toBe(false)
})

test('a configuration that changes is looked at again', async () => {
  await safe('status')
  appendFileSync(join(repo, '.git/config'), `[core]\n\tfsmonitor = ${payload}\n`)
  await expect(safe('status')).rejects.toMatchObject({ code: 'unsafe-git' })
})

test('a repository planted in an outer folder, or by a .git file, is not followed', async () => {
  const evil = join(root, 'evil')
  mkdirSync(evil)
  execFileSync('git', ['init', '-q', '--bare', evil])
  appendFileSync(join(evil, 'config'), `[core]\n\tfsmonitor = ${payload}\n`)
  const folder = join(root, 'plain')
  mkdirSync(folder)
  writeFileSync(join(folder, '.git'), `gitdir: ${evil}\n`)
  await expect(safeGit(['status'], { cwd: folder })).rejects.toMatchObject({ code: 'unsafe-git' })
  writeFileSync(join(repo, '.git/commondir'), `${evil}\n`)
  await expect(safe('status')).rejects.toMatchObject({ code: 'unsafe-git' })
  expect(existsSync(canary)).toBe(false)
})

test('a folder that looks like a bare repository is not taken for one', async () => {
  const fake = join(repo, 'fake')
  execFileSync('git', ['init', '-q', '--bare', fake])
  appendFileSync(
    join(fake, 'config'),
    `[core]\n\tfsmonitor = ${payload}\n\tworktree = ${repo}\n\tbare = false\n`,
  )
  const { stdout } = await safeGit(['rev-parse', '--absolute-git-dir'], { cwd: fake })
  expect(stdout.toString().trim()).toBe(join(repo, '.git'))
  await safeGit(['status'], { cwd: fake })
  expect(existsSync(canary)).toBe(false)
  expect(await safeGit(['status'], { cwd: root })).toMatchObject({ code: 128 })
})

test('a folder below the root works like the root, and an empty .git is no repository', async () => {
  mkdirSync(join(repo, 'sub/.git'), { recursive: true })
  writeFileSync(join(repo, 'sub/b.txt'), 'b')
  const { stdout } = await safeGit(['ls-files', '--others'], { cwd: join(repo, 'sub') })
  expect(stdout.toString()).toBe('b.txt\n')
})

test('init makes a repository without hooks', async () => {
  const fresh = join(root, 'fresh')
  mkdirSync(join(fresh, '.git'), { recursive: true })
  expect(await safeGit(['init', '-q'], { cwd: fresh })).toMatchObject({ code: 0 })
  expect(existsSync(join(fresh, '.git/HEAD'))).toBe(true)
  expect(existsSync(join(fresh, '.git/hooks'))).toBe(false)
})

test('works in linked worktrees', async () => {
  git('worktree', 'add', '-q', join(root, 'linked'))
  const { code, stdout } = await safeGit(['status', '--porcelain'], { cwd: join(root, 'linked') })
  expect({ code, output: stdout.toString() }).toEqual({ code: 0, output: '' })
})

test.each([
  [['fetch', 'origin']],
  [['-c', 'alias.x=!id', 'x']],
  [['config', 'core.pager', 'x']],
  [['diff', '--ext-diff']],
  [['diff', '--output=/tmp/x']],
  [['grep', '-Oless', 'x']],
  [['grep', '--open-files-in-pager=less', 'x']],
  [['difftool']],
  [['submodule', 'foreach', 'id']],
])('refuses the arguments %j', async (args) => {
  await expect(safeGit(args, { cwd: repo })).rejects.toMatchObject({ code: 'unsafe-git' })
})

test('only names that choose index, objects and authorship may be set', async () => {
  await expect(safeGit(['status'], { cwd: repo, env: { GIT_EXTERNAL_DIFF: payload } })).rejects.toMatchObject(
    { code: 'unsafe-git' },
  )
  const index = join(root, 'index')
  await safeGit(['read-tree', 'HEAD'], { cwd: repo, env: { GIT_INDEX_FILE: index } })
  expect(existsSync(index)).toBe(true)
})

test('what a usual clone has in its configuration is harmless', () => {
  expect(
    unsafeConfig([
      ['core.repositoryformatversion', '0'],
      ['core.filemode', 'true'],
      ['core.fsmonitor', 'true'],
      ['remote.origin.url', 'git@host:x.git'],
      ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'],
      ['branch.main.merge', 'refs/heads/main'],
      ['branch.main.vscode-merge-base', 'origin/main'],
      ['user.email', 'a@b'],
      ['pull.rebase', 'true'],
      ['submodule.lib.url', 'https://host/lib'],
    ]),
  ).toBeNull()
})
