import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { inspectHouse } from './house.ts'

const made: string[] = []
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function house(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'))
  made.push(root)
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'packages', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return root
}

test('this repository keeps its own rules', () => {
  expect(inspectHouse(join(import.meta.dirname, '..')).violations).toEqual([])
})

test('an import that goes up is found, type imports included', () => {
  const root = house({
    'journal/src/a.ts': "import type { X } from '@cairn/agent'\n",
    'agent/src/index.ts': 'export interface X {}\n',
  })
  expect(inspectHouse(root).violations).toEqual([
    'packages/journal/src/a.ts: journal (floor 0) imports agent (floor 3); imports only go down',
  ])
})

test('rooms of one floor do not see each other', () => {
  const root = house({ 'context/src/a.ts': "export { x } from '@cairn/terminal'\n" })
  expect(inspectHouse(root).violations[0]).toMatch(/context \(floor 1\) imports terminal \(floor 1\)/)
})

test('a cycle of type imports is found', () => {
  const root = house({
    'models/src/a.ts': "import type { B } from './b.ts'\nexport interface A { b: B }\n",
    'models/src/b.ts': "import type { A } from './a.ts'\nexport interface B { a: A }\n",
  })
  expect(inspectHouse(root).violations).toEqual([
    'import cycle: packages/models/src/a.ts → packages/models/src/b.ts → packages/models/src/a.ts',
  ])
})

test('a file above the limit and a reach into another room are found', () => {
  const root = house({
    'guard/src/big.ts': 'export {}\n'.repeat(501),
    'guard/src/reach.ts': "import { z } from '../../journal/src/z.ts'\n",
  })
  const found = inspectHouse(root).violations.join('\n')
  expect(found).toContain('packages/guard/src/big.ts: 501 lines, the limit is 500')
  expect(found).toContain('reaches ../../journal/src/z.ts outside its room')
})
