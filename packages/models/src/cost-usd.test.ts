import { expect, test } from 'vitest'
import { costUsd } from './cost-usd.ts'

const usage = { input: 100_000, cachedInput: 60_000, cacheWrite: 10_000, output: 2000, reasoning: 500 }

test('bills fresh, cached, written and produced tokens; reasoning is part of the output', () => {
  const prices = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
  expect(costUsd(usage, prices)).toBeCloseTo(0.03 * 3 + 0.06 * 0.3 + 0.01 * 3.75 + 0.002 * 15, 10)
})

test('without a cache price cached tokens cost as much as fresh ones', () => {
  expect(costUsd(usage, { input: 1, output: 2 })).toBeCloseTo(0.104, 10)
})

test('above the tier the whole request has the tier price', () => {
  const prices = { input: 1, output: 2, tier: { aboveInput: 100_000, input: 2, output: 4, cacheRead: 0.2 } }
  expect(costUsd(usage, prices)).toBeCloseTo(0.104, 10)
  const above = { ...usage, input: 100_001, cachedInput: 0, cacheWrite: 0 }
  expect(costUsd(above, prices)).toBeCloseTo(0.200_002 + 0.008, 10)
})

test('unknown prices give no figure, and odd counts none below zero', () => {
  expect(costUsd(usage, null)).toBeNull()
  expect(costUsd({ ...usage, input: 0 }, { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 })).toBe(0)
})
