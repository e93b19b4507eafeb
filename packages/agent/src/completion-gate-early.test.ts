import type { CheckResult } from '@cairn/journal'
import { expect, test } from 'vitest'
import { createCompletionGate } from './completion-gate.ts'
import { emptySessionState } from './session-state.ts'

const result = (command: string, ok: boolean, durationMs: number): CheckResult => ({
  command,
  tree: 'now',
  treeAfter: 'now',
  exit: ok ? 0 : 1,
  ok,
  passed: 1,
  failed: ok ? 0 : 1,
  failures: ok ? [] : [{ id: 'value is 1', message: 'expected 2 to be 1' }],
  durationMs,
})

/** A gate after a red run of the whole check on other files that took `lastMs`. */
function gateAfter(lastMs: number, impacted: CheckResult | null) {
  const state = { ...emptySessionState(), changed: true }
  state.latestCheck = { result: { ...result('npm test', false, lastMs), treeAfter: 'before' }, seq: 1 }
  const runs: string[] = []
  const gate = createCompletionGate({
    check: { command: 'npm test', origin: 'given' },
    state,
    recorder: {
      record(_kind: string, body: object) {
        if ('durationMs' in body) state.latestCheck = { result: result('npm test', true, 30_000), seq: 2 }
      },
    } as never,
    workspace: { treeHash: async () => 'now' },
    async run(command) {
      runs.push(command)
      return result(command, true, 30_000)
    },
    async runImpacted() {
      runs.push('impacted')
      return impacted
    },
    unmet: async () => [],
    exists: () => true,
  })
  return { runs, decision: gate.decide(null, AbortSignal.timeout(5_000)) }
}

test('before a slow check the tests that the change concerns run: red is refused at once, with what failed', async () => {
  const { runs, decision } = gateAfter(60_000, result('node --test a.test.js', false, 100))
  expect(await decision).toEqual({
    kind: 'refused',
    reasons: [expect.stringMatching(/`node --test a\.test\.js`.*\nvalue is 1: expected 2 to be 1/u)],
  })
  expect(runs).toEqual(['impacted'])
})

test('green there, or nothing to choose, and the whole check decides; a quick one is not preceded by anything', async () => {
  for (const impacted of [result('node --test a.test.js', true, 100), null]) {
    const { runs, decision } = gateAfter(60_000, impacted)
    expect(await decision).toMatchObject({ kind: 'accepted' })
    expect(runs).toEqual(['impacted', 'npm test'])
  }
  const quick = gateAfter(500, result('node --test a.test.js', false, 100))
  expect(await quick.decision).toMatchObject({ kind: 'accepted' })
  expect(quick.runs).toEqual(['npm test'])
})
