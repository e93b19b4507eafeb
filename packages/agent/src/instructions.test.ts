import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadInstructions } from './instructions.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-instructions-'))
  mkdirSync(join(root, 'a/b'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('files are found from the root down, the nearest last', () => {
  writeFileSync(join(root, 'AGENTS.md'), 'root')
  writeFileSync(join(root, 'a/CLAUDE.md'), 'middle')
  writeFileSync(join(root, 'a/b/AGENTS.md'), 'leaf')
  writeFileSync(join(root, 'a/b/CLAUDE.md'), 'not this one')
  expect(loadInstructions(root, join(root, 'a/b')).map((file) => [file.path, file.text])).toEqual([
    ['AGENTS.md', 'root'],
    ['a/CLAUDE.md', 'middle'],
    ['a/b/AGENTS.md', 'leaf'],
  ])
})

test('a large file is cut and says so', () => {
  writeFileSync(join(root, 'AGENTS.md'), 'x'.repeat(100_000))
  const [file] = loadInstructions(root, root)
  expect(file?.text).toMatch(/\[cut: the file has 100000 bytes, 32768 are loaded\]$/)
})

test('a link is not followed', () => {
  writeFileSync(join(root, 'secret'), 'secret')
  symlinkSync(join(root, 'secret'), join(root, 'AGENTS.md'))
  expect(loadInstructions(root, root)).toEqual([])
})

test('what CLAUDE.md imports follows it, each file once, and nothing from outside or with keys', () => {
  writeFileSync(
    join(root, 'CLAUDE.md'),
    'See @AGENTS.md, (@a/style.md) and @a/gone.md. Not `@a/code.md`, ann@example.com, @team, @.env, @../out.md or @a/link.md\n```\n@a/code.md\n```\n',
  )
  for (const [path, text] of [
    ['AGENTS.md', 'shared'],
    ['a/style.md', 'style, more in @b/more.md and @../CLAUDE.md'],
    ['a/b/more.md', 'more, back to @../style.md'],
    ['a/code.md', 'never'],
    ['.env', 'KEY=1'],
  ] as const)
    writeFileSync(join(root, path), text)
  symlinkSync(join(root, 'a/code.md'), join(root, 'a/link.md'))
  symlinkSync('/etc', join(root, 'a/etc'))
  writeFileSync(join(root, 'a/CLAUDE.md'), '@etc/hostname @style.md')
  rmSync(join(root, 'AGENTS.md'))
  expect(loadInstructions(root, join(root, 'a')).map(({ path }) => path)).toEqual([
    'CLAUDE.md',
    'a/style.md',
    'a/b/more.md',
    'a/CLAUDE.md',
  ])
})
