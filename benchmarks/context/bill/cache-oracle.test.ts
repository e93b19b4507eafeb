import type { Item } from '@cairn/models'
import { expect, it } from 'vitest'
import { createCacheOracle, PRICES } from './cache-oracle.ts'

const user = (text: string): Item => ({ type: 'user', parts: [{ type: 'text', text }] })
const request = (items: Item[], epochs = 0) => ({ system: 's', tools: [], items, epochs })
const long = 'x'.repeat(20_000)

it('reads a prefix that only grew, from the smallest size on and in whole grains', () => {
  const oracle = createCacheOracle()
  expect(oracle.call(request([user(long)]), 0, []).cachedInput).toBe(0)
  const second = oracle.call(request([user(long), user('more')]), 1000, [])
  expect(second.cachedInput).toBeGreaterThan(4900)
  expect(second.cachedInput % PRICES.grain).toBe(0)
  expect(oracle.bill()).toMatchObject({ breaks: 0, unexplained: 0, calls: 2 })
})

it('counts a changed beginning as a break, explained only by a rewrite', () => {
  const oracle = createCacheOracle()
  oracle.call(request([user(long), user('a')]), 0, [])
  expect(oracle.call(request([user(`y${long}`), user('a')]), 1, []).cachedInput).toBe(0)
  oracle.call(request([user('short')], 1), 2, [])
  expect(oracle.bill()).toMatchObject({ breaks: 2, unexplained: 1, epochs: 1 })
})

it('forgets after the lifetime, and prices a summary by whether it rides on the cache', () => {
  const oracle = createCacheOracle()
  oracle.call(request([user(long)]), 0, [])
  expect(oracle.call(request([user(long)]), PRICES.ttlMs + 1, []).cachedInput).toBe(0)
  const before = oracle.bill().summaries
  oracle.call(request([user(long)]), PRICES.ttlMs + 2, [
    { inputTokens: 1000, outputTokens: 10, cached: true },
  ])
  expect(oracle.bill().summaries - before).toBeCloseTo(150)
})
