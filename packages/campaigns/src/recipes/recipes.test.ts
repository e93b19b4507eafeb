import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { generateRepository } from '../testing/generate-repository.ts'
import { findRecipe } from './find-recipe.ts'

function apply(
  name: string,
  files: Record<string, string>,
  options: { [key: string]: unknown } = {},
  only?: string[],
) {
  const tree = { all: Object.keys(files), read: (path: string) => files[path] ?? null }
  const { writes, left } = findRecipe(name).run({ files: only ?? Object.keys(files) }, tree, options)
  const after: Record<string, string> = { ...files }
  for (const [path, text] of writes) {
    if (text === null) delete after[path]
    else after[path] = text
  }
  return { after, left, writes }
}

/** Runs a file of a repository that exists for this moment. */
function runNode(files: Record<string, string>, file: string): string {
  const root = mkdtempSync(join(tmpdir(), 'cairn-recipe-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    return execFileSync(process.execPath, ['--no-warnings', file], { cwd: root, encoding: 'utf8' }).trim()
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test('commonjs-to-esm: a generated repository with cycles runs as before, whole and half done', () => {
  const { files } = generateRepository(120, 30)
  expect(runNode(files, 'test/all.mjs')).toBe('120')
  const sources = Object.keys(files).filter((file) => file.startsWith('src/'))
  const { after, left } = apply('commonjs-to-esm', files, {}, sources)
  expect(left).toEqual([])
  expect(sources.filter((file) => /require\(|module\.exports/u.test(after[file] ?? ''))).toEqual([])
  expect(runNode(after, 'test/all.mjs')).toBe('120')
  const again = apply('commonjs-to-esm', after, {}, sources)
  expect(again.writes.size).toBe(0)
})

test('commonjs-to-esm: a package is told once nothing in it is CommonJS any more', () => {
  const { files } = generateRepository(60, 10)
  const early = apply('commonjs-to-esm', files, {}, ['package.json'])
  expect(early.writes.size).toBe(0)
  expect(early.left[0]).toMatch(/^package.json: stays CommonJS, as src\/.* and \d+ more still are$/u)
  const { after } = apply('commonjs-to-esm', files)
  const last = apply('commonjs-to-esm', after, {}, ['package.json'])
  expect(last.left).toEqual([])
  expect(runNode(last.after, 'test/esm.mjs')).toBe('60')
  const renamed = {
    'p/package.json': '{\n\t"main": "./a.cjs",\n\t"exports": { "./b": "./b.cjs" }\n}\n',
    'p/a.mjs': 'export {}\n',
    'p/b.cjs': 'x()\n',
    'other.js': 'module.exports = 1\n',
  }
  expect(apply('commonjs-to-esm', renamed, {}, ['p/package.json']).after['p/package.json']).toBe(
    '{\n\t"main": "./a.mjs",\n\t"exports": {\n\t\t"./b": "./b.cjs"\n\t},\n\t"type": "module"\n}\n',
  )
})

test('commonjs-to-esm: what modules import and export stays the same', () => {
  const files = {
    'package.json': '{}',
    'lib/index.js':
      "'use strict'\nconst { join } = require('node:path')\nexports.here = join(__dirname, 'x').length > 0\nexports.two = 2\n",
    'whole.js': 'module.exports = class Whole { value() { return 5 } }\n',
    'named.cjs': 'function a() { return 1 }\nconst b = 2;\nmodule.exports = { a, c: b };\n',
    'main.js':
      "require('./side')\nconst lib = require('./lib'), Whole = require('./whole.js')\nconst { a: renamed, c } = require('./named.cjs')\nconst two = require('./lib').two\nconsole.log(lib.here, two, new Whole().value(), renamed(), c)\n",
    'side.js': "console.log('side')\n",
  }
  const { after, left } = apply('commonjs-to-esm', files)
  expect(left).toEqual([])
  expect(after['named.cjs']).toBeUndefined()
  after['package.json'] = '{"type":"module"}'
  expect(runNode(after, 'main.js')).toBe(runNode(files, 'main.js'))
})

test('commonjs-to-esm: calls of what is required, JSON, passed on modules, and properties of the one that is exported', () => {
  const files = {
    'package.json': '{"version":"3.1.4"}',
    'node_modules/tag/package.json': '{"name":"tag"}',
    'node_modules/tag/index.js':
      'module.exports = (name) => { const f = () => name; f.list = { on: [name] }; return f }\n',
    'app.js':
      "module.exports = app\nmodule.exports.twice = twice\nvar tag = require('tag')('app'),\n  on = require('tag')('app').list.on, count = 1\nconst { version } = require('./package.json')\nfunction app() { return [tag(), on[0], count, version].join() }\nfunction twice() { return app() + app() }\n",
    'made.js': "exports = module.exports = new Map([['a', 1]])\nexports.extra = 2\n",
    'names.js': 'exports.b = 2\n',
    'all.js': "module.exports = require('./names')\n",
    'one.js': "module.exports = require('./app')\n",
    'index.js': "exports.app = require('./one')\nexports.names = require('./all')\nexports.own = 3\n",
    'main.js':
      "const made = require('./made')\nconst { app, names, own } = require('./index')\nconsole.log(app(), app.twice(), names.b, own, made.get('a'), made.extra)\n",
  }
  const own = Object.keys(files).filter((file) => !file.startsWith('node_modules') && file.endsWith('.js'))
  const { after, left } = apply('commonjs-to-esm', files, {}, own)
  expect(left).toEqual([])
  expect(own.filter((file) => /require\(|module\.exports/u.test(after[file] ?? ''))).toEqual([])
  after['package.json'] = '{"version":"3.1.4","type":"module"}'
  after['node_modules/tag/package.json'] = '{"name":"tag","type":"commonjs"}'
  expect(runNode(after, 'main.js')).toBe(runNode(files, 'main.js'))
})

test('commonjs-to-esm: what has no simple form is reported with its place', () => {
  const { left } = apply('commonjs-to-esm', {
    'a.js':
      'const x = require(name)\nfunction f() { return require("./b") }\nmodule.exports.y++\nif (require.main === module) f()\n',
  })
  expect(left.map((text) => text.slice(0, 7))).toEqual(['a.js:1:', 'a.js:2:', 'a.js:3:', 'a.js:4:'].sort())
})

test('jest-to-vitest', () => {
  const files = {
    'a.test.js':
      "const { f } = require('./a')\njest.mock('./b', () => ({ g: jest.fn() }))\ndescribe('f', () => {\n  beforeEach(() => { jest.clearAllMocks() })\n  xit('later', () => {})\n  it.each([1])('%i', (n) => { expect(f(n)).toBe(n) })\n})\njest.setTimeout(900)\n",
    'b.test.ts':
      "import { jest, expect, test } from '@jest/globals'\ntest('x', () => { expect(jest.fn()).toBeDefined() })\n",
    'c.test.js': "test('d', (done) => { done() })\nconst r = jest.requireActual('x')\n",
    'plain.js': 'export const best = 1\n',
    'package.json':
      '{\n  "scripts": { "test": "jest --ci", "w": "tsc && jest --watch" },\n  "devDependencies": { "jest": "29", "@types/jest": "29", "x": "1" }\n}\n',
  }
  const { after, left, writes } = apply('jest-to-vitest', files)
  expect(after['a.test.js']).toBe(
    "import { beforeEach, describe, expect, it, vi } from 'vitest'\nconst { f } = require('./a')\nvi.mock('./b', () => ({ g: vi.fn() }))\ndescribe('f', () => {\n  beforeEach(() => { vi.clearAllMocks() })\n  it.skip('later', () => {})\n  it.each([1])('%i', (n) => { expect(f(n)).toBe(n) })\n})\nvi.setConfig({ testTimeout: 900 })\n",
  )
  expect(after['b.test.ts']).toBe(
    "import { vi, expect, test } from 'vitest'\ntest('x', () => { expect(vi.fn()).toBeDefined() })\n",
  )
  expect(left.map((text) => text.split(':').slice(0, 2).join(':'))).toEqual(['c.test.js:2', 'c.test.js:1'])
  expect(writes.has('plain.js')).toBe(false)
  expect(JSON.parse(after['package.json'] ?? '')).toEqual({
    scripts: { test: 'vitest run --ci', w: 'tsc && vitest' },
    devDependencies: { x: '1', vitest: '^5.0.0' },
  })
})

test('callback-to-async: the functions give promises of the same values', () => {
  const source = `const fs = require('fs')
function readTwo(a, b, callback) {
  const start = a.length
  fs.readFile(a, 'utf8', (err, one) => {
    if (err) return callback(err)
    const length = one.length + start
    fs.readFile(b, 'utf8', function (error, two) {
      if (error) { return callback(error) }
      callback(null, length + two.length)
    })
  })
}
function outer(name, cb) {
  readTwo(name, name, (err, sum) => {
    if (err) return cb(err)
    cb(null, sum * 2)
  })
}
module.exports = { outer }
`
  const { after, left } = apply('callback-to-async', { 'a.js': source })
  expect(left).toEqual([])
  expect(after['a.js']).not.toContain('callback')
  const old = runNode(
    { 'a.js': source, 'm.js': "require('./a').outer('m.js', (e, v) => console.log(v))" },
    'm.js',
  )
  const length = Number(old)
  const main = "require('./a').outer('m.js').then(console.log)"
  expect(Number(runNode({ 'a.js': after['a.js'] ?? '', 'm.js': main }, 'm.js'))).toBe(
    length - 2 * 2 * ("require('./a').outer('m.js', (e, v) => console.log(v))".length - main.length),
  )
})

test('callback-to-async: unknown forms stay as they are and are reported', () => {
  const source =
    'function f(cb) {\n  if (x) cb(null, 1)\n  else cb(null, 2)\n}\nfunction g(a, done) { other(a, done) }\nfunction plain(a) { return a }\n'
  const { writes, left } = apply('callback-to-async', { 'a.js': source })
  expect(writes.size).toBe(0)
  expect(left.map((text) => text.slice(0, 7))).toEqual(['a.js:1:', 'a.js:5:'])
})

test('moment-to-dayjs', () => {
  const { after, left } = apply('moment-to-dayjs', {
    'a.ts':
      "import moment from 'moment'\nimport b from './b'\nlet day = moment('2020-01-01')\nday.add(1, 'day')\nexport const ago = moment.utc().fromNow() + day.format('YYYY') + b\nexport const f = (m: any) => { m.add(1, 'd') }\n",
    'b.js': "const moment = require('moment')\nmodule.exports = moment().format()\n",
    'package.json': '{"dependencies":{"moment":"2"}}',
  })
  expect(after['a.ts']).toBe(
    "import dayjs from 'dayjs'\nimport b from './b'\nimport relativeTime from 'dayjs/plugin/relativeTime.js'\nimport utc from 'dayjs/plugin/utc.js'\ndayjs.extend(relativeTime)\ndayjs.extend(utc)\nlet day = dayjs('2020-01-01')\nday = day.add(1, 'day')\nexport const ago = dayjs.utc().fromNow() + day.format('YYYY') + b\nexport const f = (m: any) => { m.add(1, 'd') }\n",
  )
  expect(after['b.js']).toBe("const dayjs = require('dayjs')\nmodule.exports = dayjs().format()\n")
  expect(left).toEqual(['a.ts:6: m.add() changes a moment in place; dayjs gives a new value'])
  expect(JSON.parse(after['package.json'] ?? '')).toEqual({ dependencies: { dayjs: '^1.11.0' } })
})

test('strictness-ratchet', () => {
  const { after } = apply('strictness-ratchet', {
    'a.ts': '// @ts-nocheck\n// @ts-ignore why\nconst a: number = "x"\n',
  })
  expect(after['a.ts']).toBe('// @ts-expect-error why\nconst a: number = "x"\n')
})

test('dependency-major', () => {
  const { after } = apply(
    'dependency-major',
    {
      'a.ts': "import { old, same } from 'lib'\nimport x from 'lib/sub'\nold(1, 2)\nsame(x)\n",
      'b.js': "const { old } = require('lib')\nold(3, 4)\n",
      'c.ts': "import { old } from 'other'\nold(5, 6) // lib\n",
      'package.json': '{"dependencies":{"lib":"^1.0.0"}}',
    },
    {
      package: 'lib',
      'renamed-to': '@lib/core',
      version: '^2.0.0',
      exports: { old: 'fresh' },
      rewrites: [{ pattern: 'old($A, $B)', rewrite: 'old({ a: $A, b: $B })' }],
    },
  )
  expect(after['a.ts']).toBe(
    "import { fresh as old, same } from '@lib/core'\nimport x from '@lib/core/sub'\nold({ a: 1, b: 2 })\nsame(x)\n",
  )
  expect(after['b.js']).toBe("const { fresh: old } = require('@lib/core')\nold({ a: 3, b: 4 })\n")
  expect(after['c.ts']).toContain('old(5, 6)')
  expect(JSON.parse(after['package.json'] ?? '')).toEqual({ dependencies: { '@lib/core': '^2.0.0' } })
})

test('license-header: is put below what has to be first, and replaces an older one', () => {
  const text = 'Copyright 2026 Somebody\nSPDX-License-Identifier: MIT'
  const files = {
    'a.ts': '/*\n * Copyright 1999 Nobody\n */\n\nexport {}\n',
    'b.sh': '#!/bin/sh\necho\r\n',
    'c.py': '# plain comment\nx = 1\n',
    'd.unknown': 'x',
    'e.js': '\uFEFFx()\r\ny()\r\n',
    'f.ts': '',
  }
  const { after, left } = apply('license-header', files, { text })
  const block = '/*\n * Copyright 2026 Somebody\n * SPDX-License-Identifier: MIT\n */\n'
  expect(after['a.ts']).toBe(`${block}\nexport {}\n`)
  expect(after['c.py']).toBe(
    '# Copyright 2026 Somebody\n# SPDX-License-Identifier: MIT\n\n# plain comment\nx = 1\n',
  )
  expect(after['e.js']).toBe(`\uFEFF${block.replaceAll('\n', '\r\n')}\r\nx()\r\ny()\r\n`)
  expect(left).toEqual(['d.unknown: has no known comment style'])
  expect(apply('license-header', after, { text }).writes.size).toBe(0)
})
