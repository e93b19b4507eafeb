import { describe, expect, it } from 'vitest'
import { runCheck } from './run-check.ts'
import { createProcessTerminal } from './testing/process-terminal.ts'
import { createProject } from './testing/project.ts'

const source = `export function last(list) {
  return list[list.length]
}
export function read(box) {
  return box.inner.value
}
`
const tests = `import { describe, it, test } from 'node:test'
import assert from 'node:assert/strict'
import { last, read } from '../src/a.js'
describe('last', () => {
  it('gives the last', () => assert.equal(last([1, 2]), 2))
  it('of nothing', () => assert.equal(last([]), undefined))
})
test('reads', () => { read({}) })
`
const files = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'src/a.js': source,
  'test/a.test.js': tests,
}

describe('runCheck', () => {
  for (const command of [
    'node --test',
    'node --test --test-reporter=tap',
    'npm test',
    'node test/a.test.js',
  ]) {
    it(`names the failing tests of \`${command}\` and places them`, async () => {
      using project = createProject(files)
      const terminal = createProcessTerminal(project.root)
      const result = await runCheck({ command, cwd: project.root, terminal, workspace: project.workspace })
      expect(result).toMatchObject({ ok: false, exit: 1, passed: 1 })
      expect(result.failures.map(({ id, file, line }) => ({ id, file, line }))).toEqual([
        { id: 'test/a.test.js > last > gives the last', file: 'test/a.test.js', line: 5 },
        { id: 'test/a.test.js > reads', file: 'src/a.js', line: 5 },
      ])
      expect(result.failures[0]?.message).toMatch(/undefined !== 2|expected: 2/)
      expect(result.failures[1]?.message).toContain("Cannot read properties of undefined (reading 'value')")
      expect(result.treeAfter).toBe(result.tree)
    })
  }

  it('is green when all tests pass', async () => {
    using project = createProject({
      ...files,
      'src/a.js': source.replace('list.length]', 'list.length - 1]').replace('.inner.', '.inner?.'),
    })
    const terminal = createProcessTerminal(project.root)
    const result = await runCheck({
      command: 'npm test',
      cwd: project.root,
      terminal,
      workspace: project.workspace,
    })
    expect(result).toMatchObject({ ok: true, exit: 0, passed: 3, failed: 0, failures: [] })
  })

  it('reports what a script threw', async () => {
    using project = createProject({
      'check.mjs': "import assert from 'node:assert'\n\nassert.strictEqual(1 + 1, 3)\n",
    })
    const terminal = createProcessTerminal(project.root)
    const result = await runCheck({
      command: 'node check.mjs',
      cwd: project.root,
      terminal,
      workspace: project.workspace,
    })
    expect(result.failures).toMatchObject([{ id: '(run)', file: 'check.mjs', line: 3 }])
    expect(result.failures[0]?.message).toContain('2 !== 3')
  })

  it('sees a tree that the check itself changed, and a test file that does not load', async () => {
    using project = createProject({ ...files, 'test/b.test.js': "import { nothing } from '../src/a.js'\n" })
    const terminal = createProcessTerminal(project.root)
    const result = await runCheck({
      command: 'echo x > made.txt; node --test',
      cwd: project.root,
      terminal,
      workspace: project.workspace,
    })
    expect(result.treeAfter).not.toBe(result.tree)
    const crash = result.failures.find((failure) => failure.id === 'test/b.test.js')
    expect(crash).toMatchObject({ file: 'test/b.test.js', line: 1 })
    expect(crash?.message).toContain("does not provide an export named 'nothing'")
  })

  it('ends a check that does not end', async () => {
    using project = createProject({ 'loop.mjs': 'for (;;) {}\n' })
    const terminal = createProcessTerminal(project.root)
    const result = await runCheck({
      command: 'node loop.mjs',
      cwd: project.root,
      terminal,
      workspace: project.workspace,
      timeoutMs: 300,
    })
    expect(result).toMatchObject({
      ok: false,
      exit: null,
      failures: [{ message: 'the command did not end in time' }],
    })
  })
})
