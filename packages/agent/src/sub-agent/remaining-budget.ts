import type { Budget, Spent } from '../budget.ts'

const left = (limit: number | null, spent: number, own: number | null): number | null => {
  if (limit === null) return own
  const rest = Math.max(0, limit - spent)
  return own === null ? rest : Math.min(rest, own)
}

/** What a sub-agent may spend: what its parent has left, and no more than `own`. */
export function remainingBudget(budget: Budget, spent: Spent, own: Budget, now: number): Budget {
  return {
    steps: left(budget.steps, spent.steps, own.steps),
    tokens: left(budget.tokens, spent.tokens, own.tokens),
    usd: left(budget.usd, spent.usd ?? 0, own.usd),
    seconds: left(budget.seconds, (now - spent.startedAt) / 1_000, own.seconds),
  }
}
