import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openWorktree } from './worktree.ts'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], { cwd, encoding: 'utf8' }).trim()

test.each([
  'node_modules\n',
  'node_modules/\n',
  '/node_modules\n',
  '*.log\n',
  'node_modules\npackages/*/node_modules/\n',
])('linked folders are no part of a change, whatever .gitignore says of them: %j', async (ignored) => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-worktree-')))
  const repository = join(folder, 'repository')
  mkdirSync(join(repository, 'packages/a/node_modules/x'), { recursive: true })
  mkdirSync(join(repository, 'node_modules/x'), { recursive: true })
  writeFileSync(join(repository, 'node_modules/x/index.js'), '')
  writeFileSync(join(repository, 'packages/a/index.js'), 'one\n')
  writeFileSync(join(repository, '.gitignore'), ignored)
  git(repository, 'init', '-q', '-b', 'main')
  git(repository, 'add', '.gitignore', 'packages/a/index.js')
  git(repository, 'commit', '-qm', 'first')
  const links = ['node_modules', 'packages/a/node_modules']
  const worktree = await openWorktree(
    repository,
    join(folder, 'w'),
    git(repository, 'rev-parse', 'HEAD'),
    links,
  )
  expect(await worktree.changed()).toEqual([])
  writeFileSync(join(worktree.path, 'packages/a/index.js'), 'two\n')
  writeFileSync(join(worktree.path, 'new.js'), '')
  expect(await worktree.changed()).toEqual(['new.js', 'packages/a/index.js'])
  expect(git(worktree.path, 'ls-tree', '-r', '--name-only', await worktree.tree.take()).split('\n')).toEqual([
    '.gitignore',
    'new.js',
    'packages/a/index.js',
  ])
  await worktree.remove()
})
