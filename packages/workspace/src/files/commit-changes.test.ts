import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRoot } from '../paths/locate.ts'
import { locateWritable } from '../paths/writable.ts'
import { snapshot, tempFolder } from '../testing/temp-folder.ts'
import { type Change, commitChanges } from './commit-changes.ts'

function plan(root: string): Change[] {
  const change = (path: string, before: string | null, after: string | null): Change => {
    const at = locateWritable(openRoot(root), path)
    if (!at.ok) throw new Error(at.message)
    const content = (text: string | null) =>
      text === null ? null : { bytes: Buffer.from(text), mode: 0o640 }
    return { at: at.value, before: content(before), after: content(after) }
  }
  return [
    change('a', 'a\n', 'A\n'),
    change('new/deep/n', null, 'n\n'),
    change('gone', 'g\n', null),
    change('b', 'b\n', 'B\n'),
  ]
}

function setUp() {
  const temp = tempFolder({ a: 'a\n', b: 'b\n', gone: 'g\n' })
  for (const name of ['a', 'b', 'gone']) fs.chmodSync(join(temp.path, name), 0o640)
  return temp
}

test('writes all changes and leaves no temporary file', () => {
  using temp = setUp()
  expect(commitChanges(openRoot(temp.path), plan(temp.path)).ok).toBe(true)
  expect(snapshot(temp.path)).toEqual({
    a: '640 A\n',
    b: '640 B\n',
    new: 'folder',
    'new/deep': 'folder',
    'new/deep/n': '640 n\n',
  })
})

test.each([1, 2, 3])('a failure of rename %i puts everything back', (failing) => {
  using temp = setUp()
  const before = snapshot(temp.path)
  let calls = 0
  const rename: typeof fs.renameSync = (from, to) => {
    if (++calls === failing) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    fs.renameSync(from, to)
  }
  expect(commitChanges(openRoot(temp.path), plan(temp.path), rename)).toMatchObject({ ok: false, code: 'io' })
  expect(snapshot(temp.path)).toEqual(before)
})

test('a file that was changed since the plan stops everything', () => {
  using temp = setUp()
  const changes = plan(temp.path)
  fs.writeFileSync(join(temp.path, 'b'), 'mine\n')
  const before = snapshot(temp.path)
  expect(commitChanges(openRoot(temp.path), changes)).toMatchObject({ ok: false, code: 'changed' })
  expect(snapshot(temp.path)).toEqual(before)
})

test('a file that appeared since the plan is not overwritten', () => {
  using temp = setUp()
  const changes = plan(temp.path)
  fs.mkdirSync(join(temp.path, 'new/deep'), { recursive: true })
  fs.writeFileSync(join(temp.path, 'new/deep/n'), 'mine\n')
  expect(commitChanges(openRoot(temp.path), changes)).toMatchObject({ ok: false, code: 'changed' })
  expect(fs.readFileSync(join(temp.path, 'new/deep/n'), 'utf8')).toBe('mine\n')
  expect(fs.readFileSync(join(temp.path, 'a'), 'utf8')).toBe('a\n')
})

test('a folder that was replaced by a link after the check is not written through', () => {
  using temp = tempFolder({ 'ws/src/b': 'b\n', 'out/b': 'b\n' })
  const root = openRoot(join(temp.path, 'ws'))
  const at = locateWritable(root, 'src/b')
  if (!at.ok) throw new Error(at.message)
  fs.renameSync(join(root.real, 'src'), join(root.real, 'old'))
  fs.symlinkSync(join(temp.path, 'out'), join(root.real, 'src'))
  const content = (text: string) => ({ bytes: Buffer.from(text), mode: 0o644 })
  expect(commitChanges(root, [{ at: at.value, before: content('b\n'), after: content('c\n') }]).ok).toBe(
    false,
  )
  expect(fs.readFileSync(join(temp.path, 'out/b'), 'utf8')).toBe('b\n')
})
