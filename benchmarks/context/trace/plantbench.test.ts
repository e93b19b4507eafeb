import { describe, expect, it } from 'vitest'
import { standardSession } from '../measure.ts'
import { RIVALS } from '../policies/rivals.ts'
import { evaluate } from '../evaluate.ts'
import { freeOptions } from '../grid.ts'
import { plantBench } from './plantbench.ts'

const STOP = new Set(
  'a an the of in on at is it to for and or with what which how from by be i we did does about around may get there'.split(
    ' ',
  ),
)

function contentWords(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP.has(word)))
}

describe('PlantBench', () => {
  const session = standardSession(1)

  it('is the same for the same seed, and another for another', () => {
    expect(standardSession(1)).toEqual(session)
    expect(standardSession(2).steps).not.toEqual(session.steps)
  })

  it('plants every type, with twins, quotes, injections and secrets in their shares', () => {
    const count = (test: (plant: (typeof session.plants)[number]) => boolean) =>
      session.plants.filter(test).length
    expect(session.plants.length).toBeGreaterThanOrEqual(115)
    expect(count((plant) => plant.type === 'quote') / session.plants.length).toBeCloseTo(0.15, 1)
    expect(count((plant) => plant.type === 'injection')).toBeGreaterThanOrEqual(2)
    expect(count((plant) => plant.type === 'secret')).toBeGreaterThanOrEqual(2)
    expect(count((plant) => plant.twinOf !== null)).toBeGreaterThanOrEqual(12)
    expect(new Set(session.plants.map((plant) => plant.type)).size).toBe(17)
  })

  it('asks with at most one content word of the statement', () => {
    for (const plant of session.plants) {
      const said = contentWords(plant.text.replace(/([a-z])([A-Z])/g, '$1 $2'))
      for (const query of plant.queries) {
        const shared = [...contentWords(query)].filter((word) => said.has(word))
        expect(shared.length, `${query} / ${plant.text}`).toBeLessThanOrEqual(1)
      }
    }
  })

  it('shows everything to a policy that never compacts: what is planted can be found', () => {
    const keepAll = RIVALS.find((spec) => spec.name === 'summary-90')
    if (keepAll === undefined) throw new Error('no such rival')
    const run = evaluate(session, keepAll, 'S0', freeOptions(10_000_000), false)
    expect(run.plants.filter((score) => !score.present).map((score) => score.plant.text)).toEqual([])
    expect(run.supersession.correct).toBe(run.supersession.chains)
    expect(run.safety.secrets).toBeGreaterThan(0)
    expect(run.violations).toBe(0)
  })

  it('works at any size', () => {
    expect(
      plantBench({ seed: 3, requests: 2, steps: 2, plants: 20, chains: 2 }).steps.length,
    ).toBeGreaterThan(10)
  })
})
