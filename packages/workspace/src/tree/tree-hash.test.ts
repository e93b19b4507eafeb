import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { openRoot } from '../paths/locate.ts'
import { findRipgrep } from '../search/ripgrep.ts'
import { tempFolder, writeTree } from '../testing/temp-folder.ts'
import { StatCache } from './stat-cache.ts'
import { treeHash } from './tree-hash.ts'
import { workFiles } from './work-files.ts'

const hashOf = (root: string) => openWorkspace({ root, env: {} }).treeHash()

function git(cwd: string, ...args: string[]): void {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, env, stdio: 'pipe' })
}

async function ripgrep() {
  const rg = await findRipgrep({})
  if (!rg.ok) throw new Error(rg.message)
  return rg.value
}

async function filesOf(root: string): Promise<string[]> {
  const files = await workFiles(openRoot(root), await ripgrep())
  if (!files.ok) throw new Error(files.message)
  return files.value
}

test('any change of content, mode, name, link or presence changes the hash; touching does not; a change back does', async () => {
  const name = fc.constantFrom('a', 'b', 'dir/a', 'dir/b.txt', 'ü', '-x', 'dir/deep/c')
  const content = fc.string({ maxLength: 8 })
  const change = fc.constantFrom('content', 'mode', 'rename', 'delete', 'add', 'link', 'touch')
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, content, { minKeys: 1 }),
      fc.nat(),
      change,
      async (files, pick, kind) => {
        using temp = tempFolder(files)
        const names = Object.keys(files)
        const chosen = names[pick % names.length] ?? ''
        const path = join(temp.path, chosen)
        const ws = openWorkspace({ root: temp.path, env: {} })
        const before = await ws.treeHash()
        if (kind === 'content') fs.appendFileSync(path, 'x')
        else if (kind === 'mode') fs.chmodSync(path, 0o755)
        else if (kind === 'rename') fs.renameSync(path, `${path}.renamed`)
        else if (kind === 'delete') fs.unlinkSync(path)
        else if (kind === 'add') fs.writeFileSync(join(temp.path, 'added'), '')
        else if (kind === 'link') fs.symlinkSync('nowhere', join(temp.path, 'added'))
        else fs.utimesSync(path, 1, 1)
        const after = await ws.treeHash()
        expect(after === before).toBe(kind === 'touch')
        expect(await hashOf(temp.path)).toBe(after)
      },
    ),
    { numRuns: 40 },
  )
})

test('equal trees have equal hashes, whatever the order of creation and the place', async () => {
  const files = { a: '1', 'b/c': '2', 'b/d': '3', 'b.txt': '4' }
  using one = tempFolder(files)
  using two = tempFolder(Object.fromEntries(Object.entries(files).reverse()))
  expect(await hashOf(one.path)).toBe(await hashOf(two.path))
})

test('files are sorted bytewise', async () => {
  using temp = tempFolder({ 'b/c': '', 'b.txt': '', B: '', '\u{1f600}': '', '\uffee': '' })
  expect(await filesOf(temp.path)).toEqual(['B', 'b.txt', 'b/c', '\uffee', '\u{1f600}'])
})

test('without git: hidden files count, ignored and installed ones and .git do not', async () => {
  using temp = tempFolder({
    '.gitignore': 'dist/\n*.log\n',
    '.env': 'x',
    'src/a': 'a',
    'dist/out': 'x',
    'x.log': 'x',
    'node_modules/p/index.js': 'x',
    '.git/config': 'x',
    '.cairn/log': 'x',
  })
  expect(await filesOf(temp.path)).toEqual(['.env', '.gitignore', 'src/a'])
})

test.each(['2', '4'])('with git (index version %s): tracked files count even if ignored', async (version) => {
  using temp = tempFolder({
    '.gitignore': 'dist/\n',
    'dist/kept': 'x',
    'dist/other': 'x',
    'src/a.txt': 'a',
    'src/ab.txt': 'a',
    new: 'n',
  })
  git(temp.path, 'init', '-q')
  git(temp.path, 'config', 'index.version', version)
  git(temp.path, 'add', '-f', 'dist/kept', 'src', '.gitignore')
  fs.symlinkSync('src', join(temp.path, 'link'))
  git(temp.path, 'add', 'link')
  const expected = ['.gitignore', 'dist/kept', 'link', 'new', 'src/a.txt', 'src/ab.txt']
  expect(await filesOf(temp.path)).toEqual(expected)
  expect(await filesOf(join(temp.path, 'src'))).toEqual(['a.txt', 'ab.txt'])
  git(temp.path, 'commit', '-q', '-m', 'x')
  git(temp.path, 'worktree', 'add', '-q', join(temp.path, '../wt-' + temp.path.slice(-6)))
  const worktree = `${temp.path}/../wt-${temp.path.slice(-6)}`
  try {
    expect(await filesOf(worktree)).toEqual(expected.filter((path) => path !== 'new'))
  } finally {
    fs.rmSync(worktree, { recursive: true })
  }
})

test('no program that a repository names is started', async () => {
  using temp = tempFolder({ a: 'a' })
  git(temp.path, 'init', '-q')
  git(temp.path, 'config', 'core.fsmonitor', `touch ${temp.path}/canary; false`)
  await hashOf(temp.path)
  expect(fs.existsSync(join(temp.path, 'canary'))).toBe(false)
})

test('a spoofed or broken index is no more than ignored', async () => {
  using temp = tempFolder({ a: 'a', '.git': 'gitdir: /etc\n' })
  expect(await filesOf(temp.path)).toEqual(['a'])
  using other = tempFolder({
    a: 'a',
    '.git/index': Buffer.from('DIRC\0\0\0\x02\xff\xff\xff\xff' + 'x'.repeat(60), 'latin1'),
  })
  expect(await filesOf(other.path)).toEqual(['a'])
})

test('an unchanged file is not read again, a racily clean one is', async () => {
  using temp = tempFolder({ old: 'a', fresh: 'b' })
  const later = Date.now() + 60_000
  const root = openRoot(temp.path)
  const rg = await ripgrep()
  const settled = new StatCache(() => later)
  await treeHash(root, rg, settled)
  expect(settled.reads).toBe(2)
  await treeHash(root, rg, settled)
  expect(settled.reads).toBe(2)
  const racy = new StatCache(() => Date.now())
  await treeHash(root, rg, racy)
  await treeHash(root, rg, racy)
  expect(racy.reads).toBe(4)
})

test('a change of the same size with the old time put back is seen', async () => {
  using temp = tempFolder({ a: 'one' })
  const path = join(temp.path, 'a')
  fs.utimesSync(path, 1000, 1000)
  let clock = Date.now() + 60_000
  const ws = openWorkspace({ root: temp.path, env: {}, now: () => clock })
  const before = [await ws.treeHash(), ws.fileHash('a')]
  clock += 60_000
  fs.writeFileSync(path, 'two')
  fs.utimesSync(path, 1000, 1000)
  expect(ws.fileHash('a')).not.toBe(before[1])
  expect(await ws.treeHash()).not.toBe(before[0])
})

test('the hash of a file is null where there is none', () => {
  using temp = tempFolder({ 'dir/a': 'a' })
  const ws = openWorkspace({ root: temp.path, env: {} })
  expect(ws.fileHash('nope')).toBeNull()
  expect(ws.fileHash('dir')).toBeNull()
  writeTree(temp.path, { nope: '' })
  expect(ws.fileHash('nope')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
