import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askCost, billOf, callCost, type CostModel, optimum } from './optimum.ts'

const model: CostModel = {
  read: 0.1,
  write: 1.25,
  output: 5,
  prefix: 1000,
  start: 3000,
  summary: 100,
  askPrice: 0.1,
  cap: 40_000,
}
const growths = fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 9 })

/** Tries every set of rewrites. */
function bruteForce(growth: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY
  for (let mask = 0; mask < 1 << (growth.length - 1); mask++) {
    let x = model.prefix
    let cost = 0
    let fits = true
    growth.forEach((g, i) => {
      const rewrite = i > 0 && (mask & (1 << (i - 1))) !== 0
      if (rewrite) {
        cost += askCost(model, x)
        x = model.start
      }
      x += g
      if (x > model.cap && i > 0 && !rewrite) fits = false
      cost += rewrite ? callCost(model, x, x - model.prefix) : callCost(model, x, g)
    })
    if (fits) best = Math.min(best, cost)
  }
  return best
}

describe('offline optimum', () => {
  it('is what trying every schedule gives', () => {
    fc.assert(
      fc.property(growths, (growth) => {
        expect(optimum(growth, model).cost).toBeCloseTo(bruteForce(growth), 6)
      }),
      { numRuns: 200, seed: 3 },
    )
  })

  it('is never above an online rule', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 3000, max: 39_000 }),
        (growth, threshold) => {
          expect(optimum(growth, model).cost).toBeLessThanOrEqual(
            billOf(growth, model, (x) => x > threshold).cost + 1e-6,
          )
        },
      ),
      { numRuns: 200, seed: 5 },
    )
  })
})
