import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { snapshot, tempFolder } from '../testing/temp-folder.ts'
import { copyTree } from './copy-tree.ts'

function setUp() {
  const temp = tempFolder({
    'ws/src/a.js': 'a',
    'ws/.env': 'e',
    'ws/.gitignore': 'out\n',
    'ws/out/b': 'b',
    'ws/.git/config': 'x',
    'ws/node_modules/p/i.js': 'p',
    'ws/packages/q/node_modules/r/i.js': 'r',
  })
  fs.chmodSync(join(temp.path, 'ws/src/a.js'), 0o755)
  return temp
}

test('copies all files with their modes, links what is installed, and leaves git out', async () => {
  using temp = setUp()
  const to = join(temp.path, 'copy')
  const result = await copyTree(join(temp.path, 'ws'), to)
  expect(result).toEqual({
    files: 4,
    bytes: 3 + 'out\n'.length,
    linked: expect.arrayContaining(['node_modules', 'packages/q/node_modules']),
  })
  const copy = snapshot(to)
  expect(copy['src/a.js']).toBe('755 a')
  expect(copy['node_modules']).toBe(`link ${temp.path}/ws/node_modules`)
  expect(Object.keys(copy).some((path) => path.startsWith('.git/'))).toBe(false)
})

test('the copy has the tree hash of the original, and changing it leaves the original alone', async () => {
  using temp = setUp()
  const [from, to] = [join(temp.path, 'ws'), join(temp.path, 'copy')]
  fs.symlinkSync(join(from, 'src/a.js'), join(from, 'absolute'))
  await copyTree(from, to, { links: 'skip' })
  expect(fs.existsSync(join(to, 'node_modules'))).toBe(false)
  expect(fs.readlinkSync(join(to, 'absolute'))).toBe(join(to, 'src/a.js'))
  fs.unlinkSync(join(from, 'absolute'))
  fs.unlinkSync(join(to, 'absolute'))
  const hash = (root: string) => openWorkspace({ root, env: {} }).treeHash()
  expect(await hash(to)).toBe(await hash(from))
  const before = snapshot(from)
  fs.writeFileSync(join(to, 'src/a.js'), 'changed')
  expect(snapshot(from)).toEqual(before)
})

test('a copy inside of the workspace does not copy itself, and nothing is overwritten', async () => {
  using temp = setUp()
  const from = join(temp.path, 'ws')
  const result = await copyTree(from, join(from, 'scratch'))
  expect(result.files).toBe(4)
  await expect(copyTree(from, join(from, 'scratch'))).rejects.toMatchObject({ code: 'EEXIST' })
})
