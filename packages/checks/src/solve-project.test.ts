import { createSolver } from '@cairn/solver'
import { describe, expect, it } from 'vitest'
import { bugFiles, bugs } from './testing/bugs.ts'
import { createProject } from './testing/project.ts'
import { solveProject } from './testing/solve-project.ts'

const task = 'Make the failing tests pass.'

describe('the embedded engine on small projects', () => {
  for (const bug of bugs) {
    it(`mends: ${bug.name}`, { timeout: 120_000 }, async () => {
      using project = createProject(bugFiles(bug))
      const tests = project.read('test/code.test.js')
      const solved = await solveProject(createSolver(), project, { task })
      expect(solved.finish?.claims).toHaveLength(1)
      expect(solved.calls.at(-2)).toMatchObject({ tool: 'exec', args: { command: 'npm test' } })
      expect(project.read('test/code.test.js')).toBe(tests)
      expect(project.read('src/code.js')).not.toBe(bug.source)
    })
  }

  it('mends independent faults in several files, one after the other', { timeout: 120_000 }, async () => {
    using project = createProject({
      'package.json': '{"scripts":{"test":"node --test"}}',
      'lib/cart.js': `exports.total = (items) => items.reduce((sum, item) => sum - item.price, 0)\n`,
      'lib/stock.js': `const levels = require('./levels.js')\nexports.isLow = (count) => count > levels.low\n`,
      'lib/levels.js': 'exports.low = 5\n',
      'test/shop.test.js': `const { test } = require('node:test')
const assert = require('node:assert')
const { total } = require('../lib/cart.js')
const { isLow } = require('../lib/stock.js')
test('total', () => assert.equal(total([{ price: 2 }, { price: 3 }]), 5))
test('low', () => { assert.equal(isLow(2), true); assert.equal(isLow(9), false) })
`,
    })
    const solved = await solveProject(createSolver(), project, { task })
    expect(solved.finish?.claims).toHaveLength(1)
    expect(project.read('lib/cart.js')).toContain('sum + item.price')
    expect(project.read('lib/stock.js')).toMatch(/count <=? levels\.low/)
  })
})

describe('the memory of the embedded engine', () => {
  /** Nothing in reach mends this, so that the search goes on until it gives up. */
  const hopeless = createHopeless()

  it(
    'never tries a refuted change again, although it sees only the last step and its notes',
    { timeout: 240_000 },
    async () => {
      using project = createProject(hopeless)
      // A new engine for each step: nothing can be remembered outside the request.
      const fresh = () => createSolver({ batch: 8, candidates: 60 })
      const solved = await solveProject(fresh, project, { task, view: 'last' })
      const tried = solved.calls
        .filter((call) => call.tool === 'experiment')
        .flatMap((call) =>
          (call.args['candidates'] as { edits: unknown }[]).map((candidate) =>
            JSON.stringify(candidate.edits),
          ),
        )
      expect(tried.length).toBeGreaterThan(30)
      expect(new Set(tried).size).toBe(tried.length)
      expect(solved.calls.filter((call) => call.tool === 'localize').length).toBeGreaterThan(1)
      expect(solved.finish).toMatchObject({ claims: [], open_items: ['1 failing in `npm test`'] })
      expect(project.read('src/code.js')).toBe(hopeless['src/code.js'])
    },
  )
})

function createHopeless(): Record<string, string> {
  return bugFiles({
    name: 'hopeless',
    source: `export function secret(seed) {
  const start = seed.length
  return start + 1
}
`,
    tests: `test('secret', () => { assert.equal(secret('ab'), 'a7f#q'); assert.equal(secret('abc'), 'zz9(k') })`,
  })
}

describe('the embedded engine elsewhere', () => {
  it('says what it cannot do, and how to get help', async () => {
    using project = createProject({})
    const solved = await solveProject(createSolver(), project, { task: 'What does this project do?' })
    expect(solved.calls).toEqual([])
    expect(solved.texts[0]).toMatch(/only|nothing else/)
    expect(solved.texts[0]).toContain('--model')
  })

  it('changes nothing where the check is green', async () => {
    using project = createProject({
      'package.json': '{"scripts":{"test":"node -e 0"}}',
    })
    const solved = await solveProject(createSolver(), project, { task })
    expect(solved.calls.map((call) => call.tool)).toEqual(['read', 'note', 'exec', 'finish'])
    expect(solved.finish?.summary).toContain('passes already')
  })

  it('does not pretend without its tools', async () => {
    using project = createProject(bugFiles(bugs[0] ?? { name: '', source: '', tests: '' }))
    const solved = await solveProject(createSolver(), project, {
      task,
      tools: ['exec', 'read', 'edit', 'finish'],
    })
    expect(solved.finish).toMatchObject({ claims: [] })
    expect(solved.calls.some((call) => call.tool === 'edit')).toBe(false)
  })
})
