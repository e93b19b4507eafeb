import type { CheckResult } from '@cairn/journal'
import { expect, test } from 'vitest'
import { judge } from './gate.ts'

const result: CheckResult = {
  command: 'npm test',
  tree: 't1',
  treeAfter: 't1',
  exit: 0,
  ok: true,
  passed: 3,
  failed: 0,
  failures: [],
  durationMs: 10,
}

test('green on the present tree is accepted, with its event as evidence', () => {
  expect(judge({ check: 'npm test', latest: { result, seq: 9 }, tree: 't1' })).toEqual({
    accepted: true,
    evidence: [9],
  })
})

test('green on another tree is stale', () => {
  const verdict = judge({ check: 'npm test', latest: { result, seq: 9 }, tree: 't2' })
  expect(verdict.accepted ? [] : verdict.reasons).toEqual([
    'files changed after the last run of `npm test`: its result does not count any more',
  ])
})

test('red is refused and names the failures', () => {
  const red = {
    ...result,
    ok: false,
    exit: 1,
    failed: 1,
    failures: [{ id: 'adds', message: '3 !== 4\nat x' }],
  }
  const verdict = judge({ check: 'npm test', latest: { result: red, seq: 9 }, tree: 't1' })
  expect(verdict.accepted ? [] : verdict.reasons).toEqual([
    'the check `npm test` is red (1 failed, 3 passed)\n  - adds: 3 !== 4',
  ])
})

test('a check that was never run is no evidence', () => {
  expect(judge({ check: 'npm test', latest: null, tree: 't1' }).accepted).toBe(false)
})
