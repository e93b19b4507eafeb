import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeWorktree } from './close-worktree.ts'
import { createWorktree, reopenWorktree } from './create-worktree.ts'

let folder: string
let home: string
let root: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-worktree-')))
  home = join(folder, 'home')
  root = join(folder, 'pool/one')
  env = { PATH: process.env['PATH'], HOME: folder }
  mkdirSync(home)
  writeFileSync(
    join(folder, '.gitconfig'),
    '[user]\n\tname = n\n\temail = e\n[init]\n\tdefaultBranch = main\n',
  )
  git('init', '-q')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const git = (...words: string[]) => execFileSync('git', words, { cwd: home, env, encoding: 'utf8' }).trim()
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}
const commit = (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) put(path, text)
  git('add', '--all')
  git('commit', '-qm', 'c')
}
const create = (carry = false) => createWorktree({ home, root, branch: 'cairn/one', carry, env })
const inTree = (path: string) => join(root, path)

test('installed packages are linked one by one; links of the project lead to the worktree', async () => {
  commit({
    '.gitignore': 'node_modules\n.venv\n',
    'packages/own/index.js': 'own\n',
    'packages/app/a.js': '1\n',
  })
  put('node_modules/dep/index.js', 'dep\n')
  put('node_modules/@scope/x/index.js', 'x\n')
  put('packages/app/node_modules/inner/index.js', 'inner\n')
  put('.venv/pyvenv.cfg', 'home = /usr\n')
  mkdirSync(join(home, 'node_modules/.bin'))
  symlinkSync('../dep/index.js', join(home, 'node_modules/.bin/dep'))
  symlinkSync('../packages/own', join(home, 'node_modules/own'))
  const { readable, notes } = await create()
  expect(readable.toSorted()).toEqual(
    ['.venv', 'node_modules', 'packages/app/node_modules'].map((path) => join(home, path)),
  )
  expect(notes).toEqual([])
  const text = (path: string) => readFileSync(inTree(path), 'utf8')
  expect(
    ['node_modules/dep/index.js', 'node_modules/@scope/x/index.js', 'node_modules/.bin/dep'].map(text),
  ).toEqual(['dep\n', 'x\n', 'dep\n'])
  expect(text('packages/app/node_modules/inner/index.js')).toBe('inner\n')
  expect(realpathSync(inTree('node_modules/own'))).toBe(inTree('packages/own'))
  expect(lstatSync(inTree('node_modules')).isDirectory()).toBe(true)
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, env, encoding: 'utf8' })).toBe('')
})

test('nothing is written outside of the worktree, whatever links a commit holds', async () => {
  const outside = join(folder, 'outside')
  mkdirSync(outside)
  put('.gitignore', '*.env\n')
  put('.worktreeinclude', '*.env\n')
  symlinkSync(outside, join(home, 'conf'))
  git('add', '--all')
  git('commit', '-qm', 'a link')
  rmSync(join(home, 'conf'))
  put('conf/secret.env', 'KEY=1\n')
  put('conf/new.txt', 'new\n')
  const { notes } = await create(true)
  expect(existsSync(join(outside, 'secret.env'))).toBe(false)
  expect(existsSync(join(outside, 'new.txt'))).toBe(false)
  expect(notes.join('\n')).toMatch(/not taken along: .*conf\/new\.txt|^$/u)
})

test('what is carried along is all that is not committed: links, modes, removed files, odd names', async () => {
  commit({ 'a.txt': 'a\n', 'gone.txt': 'gone\n', 'run.sh': 'echo\n' })
  put('ünï "code"\n.txt', 'odd\n')
  put('a.txt', 'changed\n')
  rmSync(join(home, 'gone.txt'))
  symlinkSync('a.txt', join(home, 'link'))
  execFileSync('chmod', ['+x', join(home, 'run.sh')])
  await create(true)
  expect(readFileSync(inTree('ünï "code"\n.txt'), 'utf8')).toBe('odd\n')
  expect([
    readFileSync(inTree('a.txt'), 'utf8'),
    existsSync(inTree('gone.txt')),
    readlinkSync(inTree('link')),
  ]).toEqual(['changed\n', false, 'a.txt'])
  expect(lstatSync(inTree('run.sh')).mode & 0o111).not.toBe(0)
})

test('a worktree goes only where nothing in it would be lost', async () => {
  commit({ 'a.txt': 'a\n' })
  put('own.txt', 'of the person\n')
  const { worktree } = await create(true)
  const closed = () => closeWorktree(worktree, env)
  const write = (path: string, text: string) => writeFileSync(inTree(path), text)
  write('own.txt', 'changed there\n')
  expect(await closed()).toEqual({ kind: 'kept', commits: 0, changed: 1 })
  write('own.txt', 'of the person\n')
  rmSync(inTree('a.txt'))
  expect(await closed()).toMatchObject({ kind: 'kept', changed: 1 })
  write('a.txt', 'b\n')
  execFileSync('git', ['commit', '-qam', 'work'], { cwd: root, env })
  expect(await closed()).toEqual({ kind: 'kept', commits: 1, changed: 0 })
  execFileSync('git', ['reset', '-q', '--hard', worktree.base], { cwd: root, env })
  expect(await closed()).toEqual({ kind: 'removed' })
  expect([existsSync(root), git('branch', '--list', 'cairn/*')]).toEqual([false, ''])
  // It comes back, on its branch where that is still there.
  const again = await reopenWorktree(worktree, env)
  expect(readFileSync(inTree('a.txt'), 'utf8')).toBe('a\n')
  expect(again.notes).toEqual(['the worktree was made anew on cairn/one'])
  write('a.txt', 'c\n')
  execFileSync('git', ['commit', '-qam', 'more'], { cwd: root, env })
  rmSync(root, { recursive: true })
  await reopenWorktree(worktree, env)
  expect(readFileSync(inTree('a.txt'), 'utf8')).toBe('c\n')
})
