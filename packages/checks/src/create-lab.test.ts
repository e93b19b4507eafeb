import { describe, expect, it } from 'vitest'
import { createLab } from './create-lab.ts'
import { renderExperiment } from './experiment/report.ts'
import { renderLocalization } from './localize/localization.ts'
import { createProcessTerminal } from './testing/process-terminal.ts'
import { createProject } from './testing/project.ts'

const math = `export function last(list) {
  if (list.length === 0) {
    return undefined
  }
  return list[list.length]
}

export function sum(list) {
  let total = 1
  for (const each of list) total += each
  return total
}

export function twice(value) {
  return value * 2
}
`
const tests = `import { describe, it, test } from 'node:test'
import assert from 'node:assert/strict'
import { last, sum, twice } from '../src/math.js'
describe('last', () => {
  it('of some', () => assert.equal(last([1, 2]), 2))
  it('of none', () => assert.equal(last([]), undefined))
})
test('sum', () => {
  assert.equal(sum([]), 0)
})
test('twice', () => assert.equal(twice(2), 4))
`
const files = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'src/math.js': math,
  'test/math.test.js': tests,
}
const fixLast = { path: 'src/math.js', line: 5, column: 15, old: 'list.length', new: 'list.length - 1' }
const fixSum = { path: 'src/math.js', line: 9, column: 15, old: '1', new: '0' }

const open = (project: ReturnType<typeof createProject>) => {
  const terminal = createProcessTerminal(project.root)
  return {
    terminal,
    lab: createLab({ terminal, workspace: project.workspace, now: () => performance.now() }),
  }
}

describe('createLab', () => {
  it('ranks the lines that only failing tests ran first, and leaves the workspace alone', async () => {
    using project = createProject(files)
    const { lab } = open(project)
    const before = await project.workspace.treeHash()
    const found = await lab.localize('npm test')
    lab.close()
    expect(found).toMatchObject({ ok: false, passed: 2, method: 'coverage' })
    expect(found.failures.map(({ id, at }) => [id, at])).toEqual([
      ['test/math.test.js > last > of some', 'test/math.test.js:5'],
      ['test/math.test.js > sum', 'test/math.test.js:9'],
    ])
    expect(found.failures[1]?.source).toContain('assert.equal(sum([]), 0)')
    const scores = new Map(found.lines.map(({ line, score }) => [line, score]))
    expect(scores.get(5)).toBeGreaterThan(scores.get(2) ?? 0)
    expect(scores.get(9)).toBeGreaterThan(scores.get(15) ?? 0)
    expect(renderLocalization(found)).toMatch(
      /^localization of `npm test`: 2 failing, 2 passing; lines by coverage\nfail /,
    )
    expect(await project.workspace.treeHash()).toBe(before)
  })

  it('tells what each candidate is worth', async () => {
    using project = createProject(files)
    const { lab } = open(project)
    const report = await lab.experiment('npm test', [
      { id: 'a', edits: [fixLast] },
      { id: 'b', edits: [{ ...fixSum, new: '2' }] },
      { id: 'c', edits: [{ ...fixSum, line: 10 }] },
      {
        id: 'd',
        edits: [{ path: 'src/math.js', line: 15, column: 10, old: 'value', new: 'vaule' }, fixLast],
      },
      { id: 'e', edits: [{ path: 'src/math.js', line: 1, column: 1, old: 'export', new: 'exprot' }] },
    ])
    const states = Object.fromEntries(report.verdicts.map(({ id, state }) => [id, state]))
    expect(states).toMatchObject({ a: 'better', b: 'refuted', c: 'invalid', e: 'refuted' })
    // What gains no more than another one is not run in full: then nobody has seen what it breaks.
    expect(['refuted', 'weaker']).toContain(states['d'])
    const both = [fixLast, fixSum]
    const second = await lab.experiment('npm test', [
      { id: 'a', edits: [fixLast] },
      { id: 'f', edits: both },
      { id: 'g', edits: both },
      { id: 'h', edits: both },
    ])
    lab.close()
    expect(second.verdicts.find(({ id }) => id === 'f')?.state).toBe('green')
    expect(second.notRun).toContain('a')
    expect(renderExperiment(report)).toContain('better: a(1)')
    expect(project.read('src/math.js')).toBe(math)
  })

  it('ends a candidate that does not end', async () => {
    using project = createProject(files)
    const { lab } = open(project)
    const loop = {
      path: 'src/math.js',
      line: 10,
      column: 3,
      old: 'for (const each of list)',
      new: 'for (const each = 1; ; )',
    }
    const report = await lab.experiment('npm test', [{ id: 'a', edits: [loop] }])
    lab.close()
    expect(report.verdicts).toMatchObject([{ id: 'a', state: 'refuted', broken: ['(did not end)'] }])
  })

  it('works for CommonJS scripts outside node:test, and for TypeScript', async () => {
    using project = createProject({
      'package.json': '{"scripts":{"test":"node check.cjs"}}',
      'lib/a.cjs': 'exports.inc = (n) => n + 2\nexports.dec = (n) =>\n  n - 1\n',
      'check.cjs':
        "const assert = require('node:assert')\nconst { inc } = require('./lib/a.cjs')\nassert.equal(inc(1), 2)\n",
    })
    const { lab } = open(project)
    const found = await lab.localize('npm test')
    expect(found.lines.map(({ file, line }) => `${file}:${line}`)).toContain('lib/a.cjs:1')
    expect(found.lines.map(({ file, line }) => `${file}:${line}`)).not.toContain('lib/a.cjs:3')
    const edit = { path: 'lib/a.cjs', line: 1, column: 26, old: '2', new: '1' }
    const report = await lab.experiment('npm test', [{ id: 'a', edits: [edit] }])
    lab.close()
    expect(report.verdicts).toMatchObject([{ state: 'green' }])
  })

  const body = (named: string) => `import test from 'node:test'
import assert from 'node:assert'
${named}
test('adds', async (t) => {
  await t.test('one', () => assert.equal(add(1, 1), 2))
  await t.test('none', async () => assert.equal(await add(0, 0), 0))
})
`
  const kinds = {
    'ES modules': {
      'src/add.js': 'export const add = (a, b) => a - b\n',
      'test/add.test.js': body("import { add } from '../src/add.js'"),
    },
    TypeScript: {
      'src/add.ts': 'export const add = (a: number, b: number): number => a - b\n',
      'test/add.test.ts': body("import { add } from '../src/add.ts'"),
    },
    CommonJS: {
      'package.json': '{"scripts":{"test":"node --test"}}',
      'src/add.js': 'exports.add = (a, b) => a - b\n',
      'test/add.test.js': body("const { add } = require('../src/add.js')").replace(
        /import (\w+) from (\S+)/g,
        'const $1 = require($2)',
      ),
    },
  }
  for (const [kind, own] of Object.entries(kinds)) {
    it(`screens many candidates in one process: ${kind}`, async () => {
      using project = createProject({
        'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
        ...own,
      })
      const { lab, terminal } = open(project)
      const path = kind === 'TypeScript' ? 'src/add.ts' : 'src/add.js'
      const column = project.read(path).indexOf('-', project.read(path).indexOf('=>')) + 1
      const wrong = [
        '*',
        '/',
        '%',
        '**',
        '&',
        '|| process.exit(0) +',
        '?? (() => { for (;;) {} })() +',
      ].slice(0, 6)
      const candidates = [...wrong, '+'].map((text) => ({
        id: text,
        edits: [{ path, line: 1, column, old: '-', new: text }],
      }))
      const report = await lab.experiment('npm test', candidates)
      lab.close()
      expect(report.verdicts.find(({ id }) => id === '+')?.state).toBe('green')
      expect(report.verdicts.filter(({ state }) => state === 'refuted')).toHaveLength(6)
      // The check as it is, a screen for each slot, and the whole check for the one that gained.
      expect(terminal.commands).toHaveLength(4)
    })
  }
})
