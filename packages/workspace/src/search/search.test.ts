import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { findRipgrep } from './ripgrep.ts'

const files = {
  'src/a.ts': 'one\nfoo(1)\nthree\nfoo(2)\n',
  'src/b.ts': 'Foo\r\nfoo.bar\r\n',
  '.github/ci.yml': 'foo: 1\n',
  'node_modules/p/i.js': 'foo\n',
  '.gitignore': 'node_modules\n',
  '.git/config': 'foo\n',
  'my dir/c:1:d.txt': 'foo\n',
}

function setUp(more: Record<string, string | Uint8Array> = {}) {
  const temp = tempFolder({ ...files, ...more })
  return { temp, ws: openWorkspace({ root: temp.path, env: {} }) }
}

test('finds in path order, hidden files too, ignored ones and .git not', async () => {
  const { temp, ws } = setUp()
  using _ = temp
  expect(await ws.search({ pattern: 'foo' })).toEqual({
    ok: true,
    value: {
      text: '.github/ci.yml:1: foo: 1\nmy dir/c:1:d.txt:1: foo\nsrc/a.ts:2: foo(1)\nsrc/a.ts:4: foo(2)\nsrc/b.ts:2: foo.bar',
      matches: 5,
      files: 4,
      truncated: false,
    },
  })
})

test('literal, case, glob, path, context and limit', async () => {
  const { temp, ws } = setUp()
  using _ = temp
  const text = async (query: Parameters<typeof ws.search>[0]) => {
    const result = await ws.search(query)
    return result.ok ? result.value.text : result.code
  }
  expect(await text({ pattern: 'foo.bar', literal: true })).toBe('src/b.ts:2: foo.bar')
  expect(await text({ pattern: 'foo(1', literal: true })).toBe('src/a.ts:2: foo(1)')
  expect(await text({ pattern: 'FOO', ignoreCase: true, path: 'src/b.ts' })).toBe(
    'src/b.ts:1: Foo\nsrc/b.ts:2: foo.bar',
  )
  expect(await text({ pattern: 'foo', glob: '*.yml' })).toBe('.github/ci.yml:1: foo: 1')
  expect(await text({ pattern: 'three', context: 1 })).toBe(
    'src/a.ts-2: foo(1)\nsrc/a.ts:3: three\nsrc/a.ts-4: foo(2)'
      .replaceAll('ts-', 'ts:')
      .replace(/:([24]):/g, ':$1-'),
  )
  expect(await text({ pattern: 'one\nfoo', literal: true })).toBe('src/a.ts:1: one\nsrc/a.ts:2: foo(1)')
  expect(await text({ pattern: 'nothing-like-it' })).toBe('')
  expect(await ws.search({ pattern: 'foo', limit: 2 })).toMatchObject({
    value: { matches: 2, truncated: true },
  })
  expect(await ws.search({ pattern: 'foo', limit: 5 })).toMatchObject({
    value: { matches: 5, truncated: false },
  })
  expect(await text({ pattern: 'foo', path: 'nope' })).toBe('not-found')
  expect(await text({ pattern: '' })).toBe('bad-pattern')
})

test("a bad pattern or glob comes back in ripgrep's words with a hint", async () => {
  const { temp, ws } = setUp()
  using _ = temp
  const pattern = await ws.search({ pattern: 'foo(' })
  expect(pattern).toMatchObject({ ok: false, code: 'bad-pattern' })
  expect(pattern.ok ? '' : pattern.message).toMatch(/unclosed group[^]*literal: true/)
  expect(await ws.search({ pattern: 'x', glob: '{' })).toMatchObject({ ok: false, code: 'bad-pattern' })
  expect(await ws.list('.', { glob: '{' })).toMatchObject({ ok: false, code: 'bad-pattern' })
})

test('options in patterns, paths and globs are no options; no configuration or helper program is used', async () => {
  const { temp, ws } = setUp({
    rc: '--pre=./helper\n',
    helper: '#!/bin/sh\ntouch "$(dirname "$0")/canary"\n',
    '--pre=x': 'dash-file\n',
  })
  using _ = temp
  fs.chmodSync(join(temp.path, 'helper'), 0o755)
  process.env['RIPGREP_CONFIG_PATH'] = join(temp.path, 'rc')
  try {
    for (const pattern of ['--pre=./helper', '-e', '--help'])
      expect((await ws.search({ pattern })).ok).toBe(true)
    expect(await ws.search({ pattern: 'dash-file', path: '--pre=x' })).toMatchObject({
      value: { matches: 1 },
    })
    await ws.search({ pattern: 'foo', glob: '--pre=./helper' })
  } finally {
    delete process.env['RIPGREP_CONFIG_PATH']
  }
  expect(fs.existsSync(join(temp.path, 'canary'))).toBe(false)
})

test('long lines are cut, output stays bounded, binary files are left out', async () => {
  const { temp, ws } = setUp({
    long: `foo${'x'.repeat(100_000)}\n`,
    many: 'foo zzz\n'.repeat(50_000),
    bin: Buffer.from('foo zzz\0zzz'),
  })
  using _ = temp
  const long = await ws.search({ pattern: 'foox' })
  expect(long.ok && long.value.text.length).toBeLessThan(600)
  expect(await ws.search({ pattern: 'zzz' })).toMatchObject({
    value: { matches: 100, files: 1, truncated: true },
  })
  expect(await ws.search({ pattern: 'zzz', path: 'bin' })).toMatchObject({ ok: true })
})

test('lists a tree with counts of what is deeper, flat with a glob, bounded', async () => {
  const { temp, ws } = setUp({ 'src/deep/er/x.ts': '', 'src/deep/er/y.ts': '', 'src/z/w.ts': '' })
  using _ = temp
  const text = async (...args: Parameters<typeof ws.list>) => {
    const result = await ws.list(...args)
    return result.ok ? result.value.text : result.code
  }
  expect(await text('.', { depth: 1 })).toBe(
    '.github/ (1 file)\n.gitignore\nmy dir/ (1 file)\nsrc/ (5 files)',
  )
  expect(await text('src')).toBe('a.ts\nb.ts\ndeep/\n  er/\n    x.ts\n    y.ts\nz/\n  w.ts')
  expect(await text('src', { depth: 2 })).toBe('a.ts\nb.ts\ndeep/\n  er/ (2 files)\nz/\n  w.ts')
  expect(await text('.', { glob: '*.ts' })).toBe(
    'src/a.ts\nsrc/b.ts\nsrc/deep/er/x.ts\nsrc/deep/er/y.ts\nsrc/z/w.ts',
  )
  expect(await ws.list('.', { glob: '*.ts', limit: 2 })).toMatchObject({
    value: { entries: 2, truncated: true },
  })
  expect(await text('src/a.ts')).toBe('src/a.ts')
  expect(await text('nope')).toBe('not-found')
  expect(await text('.', { glob: '*.none' })).toBe('(no files)')
})

test('falls back to the PATH, never over a relative entry', async () => {
  using temp = tempFolder()
  const found = await findRipgrep({ PATH: `.:${temp.path}` })
  expect(found.ok && found.value.path.startsWith('/')).toBe(true)
})
