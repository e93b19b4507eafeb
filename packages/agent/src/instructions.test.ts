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
