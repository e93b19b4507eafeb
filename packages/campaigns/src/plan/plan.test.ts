import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { importsOf, readImportGraph, type ImportEdge } from './import-graph.ts'
import { orderUnits } from './order-units.ts'
import { putLast } from './put-last.ts'

test.each([
  [
    'TypeScript',
    "import a from './a'\nimport { b, c as d } from './b.js'",
    [
      ['./a', ['default']],
      ['./b.js', ['b', 'c']],
    ],
  ],
  [
    'TypeScript',
    "import x = require('./x')\nimport type { T } from './t'",
    [
      ['./x', null],
      ['./t', ['T']],
    ],
  ],
  [
    'JavaScript',
    "const { a, b: c } = require('./a'); const d = require('./d')",
    [
      ['./a', ['a', 'b']],
      ['./d', null],
    ],
  ],
  [
    'JavaScript',
    "export * from './all'\nexport { one } from './one'\nawait import('./late')",
    [
      ['./all', null],
      ['./one', ['one']],
      ['./late', null],
    ],
  ],
  [
    'Tsx',
    "import * as all from './all'\nimport './effect'\nconst e = <a>{'require(1)'}</a>",
    [
      ['./all', null],
      ['./effect', null],
    ],
  ],
  ['JavaScript', "// require('./no')\nconst s = \"require('./no')\"; require(name)", []],
])('reads the imports of %s: %s', (language, text, expected) => {
  expect(importsOf(text, language).map(({ specifier, names }) => [specifier, names])).toEqual(expected)
})

test('imports are found with and without ends, as compiled names, by folder and by package', () => {
  const root = mkdtempSync(join(tmpdir(), 'cairn-graph-'))
  const files: Record<string, string> = {
    'a.ts':
      "import './b'\nimport './c.js'\nimport './d'\nimport '@x/lib'\nimport '@x/lib/more'\nimport 'node:fs'\nimport './none'",
    'b.ts': '',
    'c.ts': '',
    'd/index.ts': '',
    'lib/package.json': '{"name":"@x/lib"}',
    'lib/src/index.ts': '',
    'lib/src/more.ts': '',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const graph = readImportGraph(root, Object.keys(files))
  rmSync(root, { recursive: true })
  expect(graph.get('a.ts')?.map((edge) => edge.to)).toEqual([
    'b.ts',
    'c.ts',
    'd/index.ts',
    'lib/src/index.ts',
    'lib/src/more.ts',
  ])
})

const graphOf = (edges: readonly (readonly [string, string])[]) => {
  const graph = new Map<string, ImportEdge[]>()
  for (const [from, to] of edges) graph.set(from, [...(graph.get(from) ?? []), { to, names: null }])
  return graph
}
const units = (...files: string[]) => files.map((file) => ({ id: file, files: [file] }))

test('what is imported comes first, also through files that are no units; cycles become one unit', () => {
  const graph = graphOf([
    ['a', 'x'],
    ['x', 'b'],
    ['b', 'c'],
    ['d', 'e'],
    ['e', 'd'],
    ['d', 'a'],
  ])
  expect(orderUnits(units('a', 'b', 'c', 'd', 'e'), graph)).toEqual([
    { id: 'c', files: ['c'], after: [] },
    { id: 'b', files: ['b'], after: ['c'] },
    { id: 'a', files: ['a'], after: ['b'] },
    { id: 'd +1', files: ['d', 'e'], after: ['a'] },
  ])
})

test('units that go last wait for all others, and nothing waits for them', () => {
  const graph = graphOf([
    ['a', 'b'],
    ['c', 'a'],
  ])
  expect(putLast(orderUnits(units('a', 'b', 'c'), graph), ['a'])).toEqual([
    { id: 'b', files: ['b'], after: [] },
    { id: 'c', files: ['c'], after: [] },
    { id: 'a', files: ['a'], after: ['b', 'c'] },
  ])
})

test('units without files keep their order', () => {
  const named = ['one', 'two'].map((id) => ({ id, files: [] }))
  expect(orderUnits(named, new Map())).toEqual(named.map((unit) => ({ ...unit, after: [] })))
})

test('every file is in exactly one unit, and every unit comes after those it waits for', () => {
  const edge = fc.tuple(fc.nat(30), fc.nat(30))
  fc.assert(
    fc.property(
      fc.array(edge, { maxLength: 80 }),
      fc.uniqueArray(fc.nat(30), { minLength: 1 }),
      (edges, picked) => {
        const ordered = orderUnits(
          units(...picked.map((n) => `f${n}`)),
          graphOf(edges.map(([from, to]) => [`f${from}`, `f${to}`] as const)),
        )
        expect(ordered.flatMap((unit) => unit.files).sort()).toEqual(picked.map((n) => `f${n}`).sort())
        const seen = new Set<string>()
        for (const unit of ordered) {
          for (const id of unit.after) expect(seen.has(id)).toBe(true)
          seen.add(unit.id)
        }
      },
    ),
  )
})
