import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../testing/property-runs.ts'
import { offlineOptimum, simulateBill, type Trace } from './offline-optimum.ts'
import { DEFAULT_PRICES, priceVector } from './prices.ts'
import { createScheduler, switchCost, type SchedulerParams } from './scheduler.ts'

const params: SchedulerParams = { prices: DEFAULT_PRICES, prefix: 6_000, start: 22_000, rework: 5_000 }

/** Growth of a session of the usual kind: mostly small steps, some large ones; seeded. */
function session(steps: number, seed: number, boundaries: number): Trace {
  let state = seed
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  return Array.from({ length: steps }, () => ({
    g: Math.floor(Math.exp(4.5 + random() * 2 + random() * 2)),
    boundary: random() < boundaries,
  }))
}

describe('switchCost', () => {
  it('is the F of the published table, up to its rounding', () => {
    const table = { prices: DEFAULT_PRICES, prefix: 18_000, start: 40_000 }
    expect(switchCost(table)).toBeCloseTo(25_300, 0)
    expect(switchCost({ ...table, narrative: 3_000 })).toBeCloseTo(44_300, 0)
    expect(switchCost({ ...table, narrative: 3_000, rework: 50_000 })).toBeCloseTo(94_300, 0)
  })
})

describe('createScheduler', () => {
  it('switches where the published optimum does for steady growth', () => {
    const scheduler = createScheduler({ prices: DEFAULT_PRICES, prefix: 18_000, start: 40_000 })
    let x = 40_000
    let steps = 0
    while (scheduler.step({ x: (x += 1_000), g: 1_000, boundary: false }) === 'keep') steps++
    // T* = 62k; n* = 22.
    expect(steps).toBeGreaterThanOrEqual(20)
    expect(steps).toBeLessThanOrEqual(24)
  })

  it('takes a boundary early and, where boundaries come, waits for one', () => {
    const switchAt = (boundaries: (step: number) => boolean) => {
      const scheduler = createScheduler(params)
      let x = params.start
      for (let step = 1; ; step++)
        if (scheduler.step({ x: (x += 1_000), g: 1_000, boundary: boundaries(step) }) === 'switch')
          return step
    }
    const plain = switchAt(() => false)
    expect(switchAt((step) => step === plain - 2)).toBe(plain - 2)
    expect(switchAt((step) => step === 2 || step === plain + 2)).toBe(plain + 2)
  })

  it('costs at most 5 % more than a clairvoyant on sessions of the usual kind', () => {
    for (const boundaries of [0, 0.05, 0.2]) {
      let online = 0
      let offline = 0
      for (let seed = 1; seed <= 10; seed++) {
        const trace = session(500, seed, boundaries)
        online += simulateBill(trace, params).cost
        offline += offlineOptimum(trace, params).cost
      }
      expect(online / offline).toBeLessThan(1.05)
    }
  })

  it('never costs twice what a clairvoyant pays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ g: fc.oneof(fc.nat(200), fc.nat(60_000)), boundary: fc.boolean() }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.nat(30_000),
        (trace, rework) => {
          const given = { ...params, rework }
          const best = offlineOptimum(trace, given).cost
          const paid = simulateBill(trace, given).cost
          expect(paid).toBeGreaterThanOrEqual(best - 1e-6)
          expect(paid).toBeLessThanOrEqual(2 * best + 1e-6)
        },
      ),
      { numRuns: propertyRuns(process.env) },
    )
  })
})

describe('offlineOptimum', () => {
  it('is the best of all schedules', () => {
    const trace = session(10, 7, 0).map(({ g }) => ({ g: g * 40 }))
    const price = switchCost(params)
    let best = Infinity
    for (let mask = 0; mask < 2 ** 9; mask++) {
      let x = params.start
      let cost = 0
      for (const [index, { g }] of trace.entries()) {
        if (index > 0 && (mask >> (index - 1)) & 1) {
          cost += price
          x = params.start
        }
        cost += params.prices.read * x + params.prices.write * g
        x += g
      }
      best = Math.min(best, cost)
    }
    expect(offlineOptimum(trace, params).cost).toBeCloseTo(best, 6)
  })
})

describe('priceVector', () => {
  it('is relative to one input token, full price without a cache, and has a default', () => {
    const prices = {
      input: 2,
      output: 10,
      cacheRead: 0.2,
      cacheWrite: 2.5,
      tier: { aboveInput: 200_000, input: 4, output: 15 },
    }
    expect(priceVector({ prices, cacheTtl: 300 })).toEqual({
      read: 0.1,
      write: 1.25,
      output: 5,
      tierCap: 200_000,
    })
    expect(priceVector({ prices, cacheTtl: null })).toMatchObject({ read: 1, write: 1 })
    expect(priceVector({ prices: null, cacheTtl: 300 })).toEqual(DEFAULT_PRICES)
  })
})
