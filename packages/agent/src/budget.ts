/** Limits of one run; null means none. */
export interface Budget {
  steps: number | null
  /** Input and output tokens together. */
  tokens: number | null
  usd: number | null
  seconds: number | null
}

export interface Spent {
  steps: number
  tokens: number
  /** Null as long as no priced model was used. */
  usd: number | null
  startedAt: number
}

export const NO_BUDGET: Budget = { steps: null, tokens: null, usd: null, seconds: null }

/** Checked before each model call. Gives the reason to stop, or null. */
export function budgetExceeded(budget: Budget, spent: Spent, now: number): string | null {
  if (budget.steps !== null && spent.steps >= budget.steps)
    return `${spent.steps} of ${budget.steps} steps used`
  if (budget.tokens !== null && spent.tokens >= budget.tokens)
    return `${spent.tokens} of ${budget.tokens} tokens used`
  if (budget.usd !== null && (spent.usd ?? 0) >= budget.usd)
    return `$${(spent.usd ?? 0).toFixed(4)} of $${budget.usd} used`
  const seconds = (now - spent.startedAt) / 1_000
  if (budget.seconds !== null && seconds >= budget.seconds)
    return `${Math.round(seconds)} of ${budget.seconds} seconds used`
  return null
}
