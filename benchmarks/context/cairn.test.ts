import { createContext } from '@cairn/context'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { forcedOptions, freeOptions } from './grid.ts'
import { CAIRN, cairnConfig } from './policies/cairn.ts'
import { GROUPS, shareOf } from './report/aggregate.ts'
import { replay } from './replay.ts'
import { createMock } from './summarisers/mocks.ts'
import { plantBench } from './trace/plantbench.ts'
import { sha256 } from './trace/work-tree.ts'

const HOSTILE = ['S0', 'S1', 'S4', 'S5', 'S6', 'S9', 'S10', 'S11', 'S12', 'S13']
const userRules = GROUPS[0]?.test ?? (() => false)

describe.each([11, 12])('cairn on session %i', (seed) => {
  const session = plantBench({ seed, requests: 10, steps: 8, plants: 60, chains: 6 })

  it.each([
    [0.1, 1],
    [0.1, 4],
    [0.05, 8],
  ])('keeps what binds at a demand of %f after %i compactions, whatever the summariser', (budget, forced) => {
    for (const summariser of HOSTILE) {
      const run = evaluate(session, CAIRN, summariser, forcedOptions(budget, forced), false)
      const lost = run.plants
        .filter((score) => userRules(score.plant) && !score.present)
        .map((score) => score.plant.text)
      expect(lost, summariser).toEqual([])
      expect(run.safety, summariser).toEqual({
        fabricated: 0,
        flipped: 0,
        authorityLeaks: 0,
        quoteLeaks: 0,
        secrets: 0,
      })
      expect(run.staleness, summariser).toMatchObject({ stale: 0, staleFacts: 0 })
      expect(run.staleness.applicable).toBe(run.staleness.editable)
      expect(run.supersession.resurrected, summariser).toBe(0)
      expect([run.violations, run.over], summariser).toEqual([0, 0])
    }
  })

  it('breaks the cache once an epoch and stays inside the window', () => {
    const run = evaluate(session, CAIRN, 'S0', freeOptions(32_000), false)
    expect(run.bill?.unexplained).toBe(0)
    expect(run.bill?.breaks).toBeLessThanOrEqual(run.bill?.epochs ?? 0)
    expect(run.bill?.peak).toBeLessThanOrEqual(32_000)
    expect(run.violations).toBe(0)
    expect(shareOf([run], userRules, (score) => Number(score.present))).toBe(1)
  })

  it('gives the same request again from the journal alone', () => {
    const run = replay(session, CAIRN, createMock('S0', session), freeOptions(32_000))
    const again = createContext(cairnConfig(32_000, session.system, session.tools), {
      blob: (hash) => session.blobs.get(hash) ?? null,
      disk(path) {
        const text = run.disk.get(path)
        return text === undefined ? null : { sha256: sha256(text), text }
      },
    })
    for (const event of run.policy.memory?.().events ?? []) again.ingest(event)
    expect(JSON.stringify(again.project().request.items)).toBe(JSON.stringify(run.last.items))
  })
})
