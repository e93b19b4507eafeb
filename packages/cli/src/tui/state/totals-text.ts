import { count, duration, money, tokens } from '../../output/format.ts'
import type { TuiState } from './tui-state.ts'

/** What a session has used so far, for people. */
export function totalsText(state: TuiState, elapsedMs: number): string {
  const { usage } = state
  const parts = [count(state.steps, 'step'), duration(elapsedMs)]
  if (state.counts && usage.input + usage.output > 0) {
    const share = usage.input === 0 ? 0 : Math.round((100 * usage.cachedInput) / usage.input)
    parts.push(`${tokens(usage.input)} in (${share} % cached), ${tokens(usage.output)} out`)
    if (state.costUsd !== null) parts.push(money(state.costUsd))
  }
  return parts.join(' · ')
}
