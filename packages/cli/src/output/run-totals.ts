import type { EventBodies } from '@cairn/journal'
import { count, duration, money, tokens } from './format.ts'

/** Sums of what a run has used so far, in one line for people. */
export interface RunTotals {
  started(model: { provider: string }, time: number): void
  add(answer: EventBodies['model.answered']): void
  /** `doing` is put where it is seen first when the line is cut. */
  text(doing?: string): string
}

export function createRunTotals(deps: { now: () => number; contextShare: () => number | null }): RunTotals {
  let startedAt = deps.now()
  let steps = 0
  let input = 0
  let cached = 0
  let output = 0
  let cost: number | null = null
  // The embedded engine has no tokens that anybody pays for.
  let counts = true
  return {
    started(model, time) {
      startedAt = time
      counts = model.provider !== 'embedded'
    },
    add({ usage, costUsd }) {
      steps += 1
      input += usage.input
      cached += usage.cachedInput
      output += usage.output
      if (costUsd !== null) cost = (cost ?? 0) + costUsd
    },
    text(doing = '') {
      const parts = [count(steps, 'step'), duration(deps.now() - startedAt)]
      if (doing !== '') parts.push(doing)
      if (counts && input + output > 0) {
        const share = input === 0 ? 0 : Math.round((100 * cached) / input)
        parts.push(`${tokens(input)} in (${share} % cached), ${tokens(output)} out`)
      }
      if (counts && cost !== null) parts.push(money(cost))
      const share = deps.contextShare()
      if (counts && share !== null) parts.push(`context ${Math.round(share * 100)} %`)
      return parts.join(' · ')
    },
  }
}
