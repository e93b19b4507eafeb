import { expect, test } from 'vitest'
import { budgetExceeded, NO_BUDGET } from './budget.ts'

const spent = { steps: 5, tokens: 1_000, usd: 0.5, startedAt: 1_000 }

test('no budget is never exceeded', () => {
  expect(budgetExceeded(NO_BUDGET, { ...spent, steps: 1e9 }, 1e12)).toBeNull()
})

test.each([
  [{ ...NO_BUDGET, steps: 5 }, '5 of 5 steps'],
  [{ ...NO_BUDGET, tokens: 1_000 }, '1000 of 1000 tokens'],
  [{ ...NO_BUDGET, usd: 0.5 }, '$0.5000 of $0.5'],
  [{ ...NO_BUDGET, seconds: 2 }, '2 of 2 seconds'],
])('a limit that is reached stops: %o', (budget, reason) => {
  expect(budgetExceeded(budget, spent, 3_000)).toContain(reason)
})

test('below the limits it goes on', () => {
  expect(budgetExceeded({ steps: 6, tokens: 1_001, usd: 0.51, seconds: 3 }, spent, 3_000)).toBeNull()
})
