import { duration, money, tokens } from '../../output/format.ts'
import type { Paint } from '../../output/paint.ts'
import type { TuiState } from '../state/tui-state.ts'
import { shown } from './shown.ts'

const CELLS = 10
const SPIN = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** How full the window is, as a bar and a number: red where the next rewrite is near. */
export function contextBar(share: number, paint: Paint, cells = CELLS): string {
  const filled = Math.min(cells, Math.max(share > 0 ? 1 : 0, Math.round(share * cells)))
  const colour = share > 0.85 ? paint.red : share > 0.6 ? paint.yellow : paint.green
  return `${colour('▰'.repeat(filled))}${paint.dim('▱'.repeat(cells - filled))} ${Math.round(share * 100)} %`
}

/** Step, elapsed time, what fills the window, cache hits and money: the line under the composer. */
export function statusLine(
  state: TuiState,
  facts: { now: number; model: string; effort: string | null; paint: Paint },
): string {
  const { paint } = facts
  const parts: string[] = []
  if (state.working) {
    const spin = SPIN[Math.floor(facts.now / 1_000) % SPIN.length] ?? ''
    parts.push(`${paint.cyan(spin)} ${shown(state.doing === '' ? 'working' : state.doing)}`)
    parts.push(`step ${state.steps + 1} · ${duration(Math.max(0, facts.now - state.turnStartedAt))}`)
  }
  if (state.context !== null && state.context.window > 0)
    parts.push(`ctx ${contextBar(state.context.estimate / state.context.window, paint)}`)
  if (state.counts && state.usage.input > 0) {
    parts.push(`cache ${Math.round((100 * state.usage.cachedInput) / state.usage.input)} %`)
    parts.push(
      state.costUsd === null ? `${tokens(state.usage.input + state.usage.output)} tok` : money(state.costUsd),
    )
  }
  // While it works there are more urgent things to say than which model it is.
  if (state.working) return parts.join(paint.dim(' · '))
  const effort = facts.effort === null ? '' : ` (${facts.effort})`
  parts.push(shown(facts.model + effort))
  return parts.join(paint.dim(' · '))
}
