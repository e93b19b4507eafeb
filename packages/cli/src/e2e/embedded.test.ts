import { cpSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig } from './testing/cli-rig.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../../examples')

test('the demo mends its project: done, with evidence, no key and no network', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const run = await rig.cairn(['demo', '--json'])
  expect([run.err, run.code, run.last?.type, run.last?.status]).toEqual(['', 0, 'session.finished', 'done'])
  expect(run.last?.['evidence']).toHaveLength(1)
  expect(rig.server.requests.length).toBe(0)
}, 180_000)

test('a broken project of the examples is mended, and its own tests say so', async () => {
  const [name = ''] = readdirSync(join(EXAMPLES, 'broken'))
    .filter((entry) => !entry.includes('.'))
    .toSorted()
  await using rig = await cliRig([{ text: 'never' }])
  cpSync(join(EXAMPLES, 'broken', name), rig.cwd, { recursive: true })
  const run = await rig.cairn(['run', '--json', 'make the failing tests pass'])
  expect([name, run.err, run.code, run.last?.status]).toEqual([name, '', 0, 'done'])
})

test('asked what it cannot do, the embedded engine says so, and what would help', async () => {
  await using rig = await cliRig([{ text: 'never' }], { 'notes.txt': 'some notes\n' })
  const run = await rig.cairn(['run', 'how are sessions stored?'])
  expect([run.code === 0 || run.code === 3, run.err]).toEqual([
    true,
    expect.stringContaining('No model is configured'),
  ])
  expect(run.out).toMatch(/--model|API_KEY/)
  expect(run.out).toMatch(/check|test/i)
})
