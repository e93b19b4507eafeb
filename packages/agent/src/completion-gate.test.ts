import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ScriptedCall } from '@cairn/models/testing'
import { expect, test } from 'vitest'
import type { SessionCheck } from './completion-gate.ts'
import { sessionRig } from './testing/session-rig.ts'

const check: SessionCheck = { command: 'grep -q good value.txt', origin: 'discovered' }
const commitAll = (cwd: string) => {
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-qm', 'first'],
  ])
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words], { cwd })
}
const exec = (command: string): ScriptedCall => ({ tool: 'exec', args: JSON.stringify({ command }) })

test('a change made by a command alone binds a discovered check: red is refused', async () => {
  await using rig = await sessionRig(
    [
      { calls: [exec("sed -i 's/good/bad/' value.txt")] },
      { text: 'all is well' },
      { calls: [exec("sed -i 's/bad/good/' value.txt && echo more > other.txt")] },
      { text: 'now it is' },
    ],
    { files: { 'value.txt': 'good\n' } },
  )
  const end = await rig.run('tidy up', { check })
  expect(end).toMatchObject({ status: 'done', summary: 'now it is' })
  expect(rig.of('gate.decided').map((event) => event.body.accepted)).toEqual([false, true])
  expect(rig.of('tool.intended').map((event) => event.body.tree !== undefined)).toEqual([true, false])
})

test('commands that change nothing leave a question a question, however red the check is', async () => {
  await using rig = await sessionRig([{ calls: [exec('cat value.txt')] }, { text: 'it is bad' }], {
    files: { 'value.txt': 'bad\n' },
  })
  expect(await rig.run('what is the value?', { check })).toMatchObject({ status: 'answered' })
  expect(rig.of('check.finished')).toEqual([])
})

test('what a run of the check leaves behind is no change', async () => {
  const leaving: SessionCheck = { command: 'date +%N > report.txt; exit 1', origin: 'discovered' }
  await using rig = await sessionRig([{ calls: [exec(leaving.command)] }, { text: 'it fails' }])
  expect(await rig.run('does it pass?', { check: leaving })).toMatchObject({ status: 'answered' })
})

test('what a person changes between two turns does not bind the second', async () => {
  await using rig = await sessionRig([
    { calls: [exec('true')] },
    { text: 'nothing to do' },
    { calls: [exec('true')] },
    { text: 'still nothing' },
  ])
  expect(await rig.run('look', { check })).toMatchObject({ status: 'answered' })
  writeFileSync(join(rig.cwd, 'value.txt'), 'bad\n')
  expect(await rig.run('look again', { check })).toMatchObject({ status: 'answered' })
})

test('a turn that was cut off after its command is still bound when it goes on', async () => {
  await using rig = await sessionRig(
    [{ calls: [exec("sed -i 's/good/bad/' value.txt")] }, { text: 'done' }, { text: 'really done' }],
    { files: { 'value.txt': 'good\n' } },
  )
  expect(await rig.run('tidy up', { check, budget: { steps: 1 } })).toMatchObject({ status: 'budget' })
  expect(await rig.run(null, { check, budget: { steps: 1 } })).toMatchObject({ status: 'budget' })
  expect(rig.of('gate.decided').at(-1)?.body).toMatchObject({ accepted: false })
})

test('a check that passes and fails on the same files is no evidence, however green the last run was', async () => {
  // Outside of the workspace nothing is kept, so the runs are counted in an ignored file.
  const turns = (pattern: string) =>
    `n=$(cat .runs 2>/dev/null || echo 0); echo $((n+1)) > .runs; case $n in ${pattern}) exit 1;; esac`
  const flaky: SessionCheck = { command: turns('0|2|4'), origin: 'given' }
  await using rig = await sessionRig(
    [
      { calls: [exec(flaky.command)] },
      { calls: [exec(flaky.command)] },
      { text: 'it passes now' },
      { text: 'it really does' },
      { text: 'well' },
    ],
    { files: { '.gitignore': '.runs\n' } },
  )
  await rig.run('mend it', { check: flaky, budget: { steps: 4 } })
  const [first] = rig.of('gate.decided')
  expect(first?.body.accepted).toBe(false)
  expect(first?.body.reasons.join()).toMatch(/is flaky: green in 1 of \d runs on the same files/u)
})

test('a check that was red once for a reason outside of the files has to be green three times', async () => {
  const late: SessionCheck = {
    command: 'n=$(cat .runs 2>/dev/null || echo 0); echo $((n+1)) > .runs; test $n -gt 0',
    origin: 'given',
  }
  await using rig = await sessionRig(
    [{ calls: [exec(late.command)] }, { calls: [exec(late.command)] }, { text: 'the server is up now' }],
    {
      files: { '.gitignore': '.runs\n' },
    },
  )
  expect(await rig.run('mend it', { check: late })).toMatchObject({ status: 'done' })
  expect(rig.of('check.finished').map(({ body }) => body.ok)).toEqual([false, true, true, true])
})

/** A project whose whole check takes longer than the gate waits, and a test that the change concerns. */
const project = (value: number) => ({
  'package.json': '{"scripts":{"test":"node --test"}}',
  'src/value.mjs': `export const value = ${value}\n`,
  'src/other.mjs': 'export const other = 1\n',
  'src/value.test.mjs':
    "import { test } from 'node:test'\nimport assert from 'node:assert'\nimport { value } from './value.mjs'\ntest('value', () => assert.equal(value, 1))\n",
  'src/other.test.mjs':
    "import { test } from 'node:test'\nimport assert from 'node:assert'\nimport { other } from './other.mjs'\ntest('other', () => assert.equal(other, 1))\n",
})
const edit = (path: string, old: string, text: string): ScriptedCall => ({
  tool: 'edit',
  args: JSON.stringify({ path, old, new: text }),
})

test('a green run of the tests that a change concerns is no evidence: the whole check runs before done', async () => {
  await using rig = await sessionRig(
    [
      { calls: [edit('src/other.mjs', 'other = 1', 'other = 2'), edit('src/value.mjs', '1', '1 ')] },
      { calls: [{ tool: 'impacted_tests', args: '{}' }] },
      { calls: [exec('node --test src/value.test.mjs')] },
      { text: 'the concerned test passes' },
      { text: 'it does' },
    ],
    { files: project(1) },
  )
  commitAll(rig.cwd)
  await rig.run('tidy up', { check: { command: 'npm test', origin: 'discovered' }, budget: { steps: 5 } })
  const told = rig.server.requests.map(({ body }) => JSON.stringify(body))
  expect(
    told.find((text) => text.includes('node --test src/other.test.mjs src/value.test.mjs')),
  ).toBeDefined()
  expect(rig.of('check.finished').map((event) => event.body.command)).toEqual(['npm test'])
  expect(rig.of('gate.decided').map((event) => event.body.accepted)).toEqual([false, false])
})
