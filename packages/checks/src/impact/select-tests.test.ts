import { array, assert, constant, integer, nat, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { selectTests } from './select-tests.ts'

const project = new Map([
  [
    'package.json',
    '{"name":"shop","scripts":{"test":"vitest run"},"jest":{"setupFiles":["./test/setup.js"]}}',
  ],
  ['README.md', '# shop'],
  ['src/money.ts', 'export const cents = (n: number) => n * 100'],
  ['src/cart.ts', "import { cents } from './money.js'\nexport const total = cents"],
  ['src/log.ts', 'export const log = () => undefined'],
  ['src/lib/dates.ts', 'export const day = 1'],
  ['src/lonely.ts', 'export const alone = 1'],
  ['src/cli.ts', "import './cart.ts'\nimport '@/lib/dates'"],
  ['data/prices.json', '[]'],
  ['test/setup.js', "require('./helpers')"],
  ['test/helpers.js', ''],
  ['src/money.test.ts', "import { cents } from './money.ts'"],
  ['src/cart.test.ts', "import { total } from './cart.ts'\nimport prices from '../data/prices.json'"],
  ['test/cli.test.ts', "spawn('node', [join(root, 'src', 'cli.ts')])"],
  ['test/log.spec.ts', 'it()'],
])
const paths = (changed: string[]) => selectTests(project, changed).tests.map(({ path }) => path)

test('tests that import, load or name what was changed, over any number of steps', () => {
  expect(paths(['src/money.ts'])).toEqual(['src/cart.test.ts', 'src/money.test.ts', 'test/cli.test.ts'])
  expect(paths(['src/cart.ts'])).toEqual(['src/cart.test.ts', 'test/cli.test.ts'])
  expect(paths(['src/lib/dates.ts'])).toEqual(['test/cli.test.ts'])
  expect(paths(['data/prices.json'])).toEqual(['src/cart.test.ts'])
  expect(paths(['src/log.ts'])).toEqual(['test/log.spec.ts'])
  expect(selectTests(project, ['src/money.ts']).tests[0]).toEqual({
    path: 'src/cart.test.ts',
    because: 'src/money.ts',
  })
})

test('files under test/ that declare tests count, whatever they are called', () => {
  const mocha = new Map([
    ['lib/router.js', ''],
    ['test/Router.js', "const router = require('../lib/router')\ndescribe('Router', () => {})"],
    ['test/support/env.js', "require('../../lib/router')"],
  ])
  expect(selectTests(mocha, ['lib/router.js']).tests.map(({ path }) => path)).toEqual(['test/Router.js'])
})

test('prose concerns no test, and a changed test itself', () => {
  expect(selectTests(project, ['README.md'])).toEqual({ tests: [], whole: null })
  expect(paths(['README.md', 'test/log.spec.ts'])).toEqual(['test/log.spec.ts'])
})

test('what is gone still concerns those that used it', () => {
  const left = new Map([...project].filter(([path]) => path !== 'src/money.ts'))
  expect(selectTests(left, ['src/money.ts']).tests.map(({ path }) => path)).toContain('src/cart.test.ts')
  const without = new Map([...project].filter(([path]) => path !== 'test/log.spec.ts'))
  expect(selectTests(without, ['test/log.spec.ts'])).toEqual({ tests: [], whole: null })
})

test.each([
  ['package.json', 'concerns every test'],
  ['vitest.config.ts', 'concerns every test'],
  ['test/helpers.js', 'package.json loads test/helpers.js'],
  ['src/lonely.ts', 'no test is known to reach'],
  ['src/native.rs', 'is not known in its language'],
])('%s: only the whole suite will do', (path, why) => {
  expect(selectTests(project, ['src/cart.ts', path]).whole).toContain(why)
})

test('code that loads what lies beside it reaches all of that', () => {
  const plugins = new Map([
    ['src/plugins/load.js', 'module.exports = (name) => require(`./${name}.js`)'],
    ['src/plugins/mail.js', ''],
    ['test/load.test.js', "require('../src/plugins/load')"],
  ])
  expect(selectTests(plugins, ['src/plugins/mail.js']).tests.map(({ path }) => path)).toEqual([
    'test/load.test.js',
  ])
})

test('Python: modules, packages above them and fixtures; Go: packages', () => {
  const python = new Map([
    ['app/__init__.py', ''],
    ['app/models.py', ''],
    ['app/views.py', 'from app.models import User'],
    ['app/mail.py', ''],
    ['tests/conftest.py', 'from app import mail'],
    ['tests/test_views.py', 'from app.views import index'],
    ['tests/unit/test_models.py', 'from app import models'],
  ])
  const chosen = (path: string) => selectTests(python, [path]).tests.map((one) => one.path)
  expect(chosen('app/views.py')).toEqual(['tests/test_views.py'])
  expect(chosen('app/models.py')).toEqual(['tests/test_views.py', 'tests/unit/test_models.py'])
  expect(chosen('app/mail.py')).toEqual(['tests/test_views.py', 'tests/unit/test_models.py'])
  expect(chosen('app/__init__.py')).toHaveLength(2)
  const go = new Map([
    ['go.mod', 'module example.org/shop\n'],
    ['store/store.go', 'package store'],
    ['store/store_test.go', 'package store'],
    ['web/web.go', 'package web\nimport "example.org/shop/store"'],
    ['web/web_test.go', 'package web'],
    ['log/log.go', 'package log'],
    ['log/log_test.go', 'package log'],
  ])
  expect(selectTests(go, ['store/store.go']).tests.map(({ path }) => path)).toEqual([
    'store/store_test.go',
    'web/web_test.go',
  ])
})

test('property: of modules that import each other at random no test that reaches the change is left out', () => {
  const graphs = integer({ min: 2, max: 12 }).chain((size) =>
    tuple(
      constant(size),
      array(tuple(nat(size - 1), nat(size - 1)), { maxLength: 30 }),
      nat(size - 1),
      array(nat(size - 1), { minLength: 1, maxLength: 4 }),
    ),
  )
  assert(
    property(graphs, ([size, edges, changed, tested]) => {
      const uses = new Map(Array.from({ length: size }, (_, at) => [at, new Set<number>()]))
      for (const [from, to] of edges) uses.get(from)?.add(to)
      const texts = new Map<string, string>()
      for (const [at, to] of uses)
        texts.set(`src/m${at}.ts`, [...to].map((one) => `import './m${one}.js'`).join('\n'))
      for (const at of tested) texts.set(`test/t${at}.test.ts`, `import '../src/m${at}.ts'`)
      const expected = tested.filter((start) => {
        const seen = new Set([start])
        for (const one of seen) for (const next of uses.get(one) ?? []) seen.add(next)
        return seen.has(changed)
      })
      const { tests, whole } = selectTests(texts, [`src/m${changed}.ts`])
      if (whole !== null) return expected.length === 0
      const found = new Set(tests.map(({ path }) => path))
      return expected.every((at) => found.has(`test/t${at}.test.ts`))
    }),
  )
})
