import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { snapshot, tempFolder, writeTree } from '../testing/temp-folder.ts'
import { locate, openRoot } from './locate.ts'
import { locateWritable } from './writable.ts'

const add = (path: string) => `*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch`
const move = (path: string) =>
  `*** Begin Patch\n*** Update File: a.txt\n*** Move to: ${path}\n@@\n-a\n+b\n*** End Patch`

function setUp() {
  const temp = tempFolder({
    'ws/a.txt': 'a\n',
    'ws/src/b.txt': 'b\n',
    'ws-evil/secret.txt': 'secret\n',
    'out/c.txt': 'c\n',
  })
  const root = join(temp.path, 'ws')
  return { temp, root, ws: openWorkspace({ root, env: {} }) }
}

test('refuses every way out of the root, for reading and for writing, and touches nothing', () => {
  const { temp, root, ws } = setUp()
  using _ = temp
  fs.symlinkSync(join(temp.path, 'out'), join(root, 'folder-link'))
  fs.symlinkSync(join(temp.path, 'out/c.txt'), join(root, 'file-link'))
  fs.symlinkSync(join(temp.path, 'not-there/deep'), join(root, 'broken-link'))
  fs.symlinkSync('../ws-evil/secret.txt', join(root, 'relative-link'))
  fs.symlinkSync('loop', join(root, 'loop'))
  const before = snapshot(temp.path)
  const ways = [
    '../ws-evil/secret.txt',
    `${root}-evil/secret.txt`,
    join(temp.path, 'out/c.txt'),
    '/etc/passwd',
    'src/../../out/c.txt',
    'a.txt\0.js',
    'folder-link/c.txt',
    'folder-link/new/deep.txt',
    'file-link',
    'relative-link',
    'broken-link',
    'broken-link/x.txt',
    'loop',
    'src/../../ws-evil/../out/c.txt',
  ]
  for (const way of ways) {
    for (const outcome of [
      ws.read(way),
      ws.edit(way, 'c', 'd'),
      ws.edit(way, '', 'd'),
      ws.applyPatch(add(way)),
      ws.applyPatch(move(way)),
    ]) {
      expect(outcome, way).toMatchObject({ ok: false, code: 'outside' })
    }
    expect(ws.fileHash(way), way).toBeNull()
  }
  expect(snapshot(temp.path)).toEqual(before)
})

test('refuses search and listing outside', async () => {
  const { temp, ws } = setUp()
  using _ = temp
  expect(await ws.search({ pattern: 'secret', path: '../ws-evil' })).toMatchObject({
    ok: false,
    code: 'outside',
  })
  expect(await ws.list('..')).toMatchObject({ ok: false, code: 'outside' })
})

test('takes absolute paths inside the root, also by a link to the root', () => {
  const { temp, root } = setUp()
  using _ = temp
  const alias = join(temp.path, 'alias')
  fs.symlinkSync(root, alias)
  const ws = openWorkspace({ root: alias, env: {} })
  expect(ws.read(join(root, 'a.txt'))).toMatchObject({ ok: true, value: { path: 'a.txt' } })
  expect(ws.read(join(alias, 'src/b.txt'))).toMatchObject({ ok: true, value: { path: 'src/b.txt' } })
})

test('reads over a link that stays inside, and never writes through a link', () => {
  const { temp, root, ws } = setUp()
  using _ = temp
  fs.symlinkSync('a.txt', join(root, 'link.txt'))
  fs.symlinkSync('src', join(root, 'lib'))
  expect(ws.read('link.txt')).toMatchObject({ ok: true, value: { path: 'a.txt', text: 'a' } })
  expect(ws.edit('link.txt', 'a', 'b')).toMatchObject({ ok: false, code: 'protected' })
  expect(fs.readFileSync(join(root, 'a.txt'), 'utf8')).toBe('a\n')
  expect(ws.edit('lib/b.txt', 'b', 'c')).toMatchObject({
    ok: true,
    value: { files: [{ path: 'src/b.txt' }] },
  })
})

test('a link put in place of a checked folder or file does not redirect the write', () => {
  const { temp, root } = setUp()
  using _ = temp
  const real = openRoot(root)
  const at = locateWritable(real, 'src/b.txt')
  if (!at.ok) throw new Error(at.message)
  fs.renameSync(join(root, 'src'), join(root, 'old'))
  fs.symlinkSync(join(temp.path, 'out'), join(root, 'src'))
  writeTree(temp.path, { 'out/b.txt': 'b\n' })
  const ws = openWorkspace({ root, env: {} })
  expect(ws.edit('src/b.txt', 'b', 'c')).toMatchObject({ ok: false, code: 'outside' })
  expect(fs.readFileSync(join(temp.path, 'out/b.txt'), 'utf8')).toBe('b\n')
})

test.each([
  '.git/hooks/pre-commit',
  '.git/config',
  '.GIT/config',
  '.gIt/x',
  'src/.git/config',
  '.git./config',
  '.git /config',
  '.g\u200cit/config',
  'git~1/config',
  '.git',
  '.cairn/settings.json',
  'src/../.git/x',
])('never writes %j', (path) => {
  const { temp, ws } = setUp()
  using _ = temp
  const before = snapshot(temp.path)
  for (const outcome of [ws.applyPatch(add(path)), ws.applyPatch(move(path)), ws.edit(path, '', 'x')]) {
    expect(outcome).toMatchObject({ ok: false, code: 'protected' })
  }
  expect(snapshot(temp.path)).toEqual(before)
})

test('a real .git reached over a link is protected, too', () => {
  const { temp, root, ws } = setUp()
  using _ = temp
  writeTree(root, { '.git/config': '[core]\n' })
  fs.symlinkSync('.git', join(root, 'plain'))
  expect(ws.edit('plain/config', '[core]', 'x')).toMatchObject({ ok: false, code: 'protected' })
  expect(ws.edit('plain/hooks/x', '', 'x')).toMatchObject({ ok: false, code: 'protected' })
})

test('asks the policy for writes with the real and the asked path, and passes its reason on', () => {
  const { temp, root } = setUp()
  using _ = temp
  const asked: string[] = []
  const isProtected = (path: string) => {
    asked.push(path)
    return path === 'src/b.txt'
      ? { protected: true, reason: 'contract tests are fixed' }
      : { protected: false, reason: '' }
  }
  const ws = openWorkspace({ root, isProtected, env: {} })
  fs.symlinkSync('src', join(root, 'lib'))
  const refused = ws.edit('lib/b.txt', 'b', 'c')
  expect(refused).toMatchObject({ ok: false, code: 'protected' })
  expect(refused.ok ? '' : refused.message).toContain('contract tests are fixed')
  expect(ws.read('src/b.txt').ok).toBe(true)
  expect(ws.edit('a.txt', 'a', 'b').ok).toBe(true)
  expect(asked).toEqual(['src/b.txt', 'a.txt'])
})

test('a FIFO or a folder is not read, and nothing hangs', () => {
  const { temp, ws } = setUp()
  using _ = temp
  expect(ws.read('src')).toMatchObject({ ok: false, code: 'is-directory' })
  expect(ws.read('nope')).toMatchObject({ ok: false, code: 'not-found' })
  expect(ws.read('a.txt/b')).toMatchObject({ ok: false, code: 'not-found' })
  expect(ws.read('x'.repeat(5000))).toMatchObject({ ok: false })
  expect(ws.edit('src', 'a', 'b')).toMatchObject({ ok: false, code: 'is-directory' })
  expect(locate(openRoot('/dev'), 'null')).toMatchObject({ ok: true, value: { kind: 'other' } })
})
