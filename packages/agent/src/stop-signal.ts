import { turnEnd, type TurnEnd } from './turn-end.ts'

/** Longest time that a timer takes; beyond it Node would fire at once. */
const MAX_TIMER = 2 ** 31 - 1

/** Everything that ends a turn from outside, in one signal. */
export interface StopSignal {
  readonly signal: AbortSignal
  /** Says what really ended a turn that the loop knows only as cancelled. */
  explain(end: TurnEnd): TurnEnd
}

/**
 * The person, the clock and the boundary: a command that hangs is not waited for longer than the budget allows, and
 * where no command may run at all the work does not go on without them. `seconds` null: no limit.
 */
export function createStopSignal(deps: {
  person: AbortSignal
  seconds: number | null
  boundary: { signal: AbortSignal; refusal(): string | null }
  kill: { signal: AbortSignal; order(): { by: string; reason: string } | null }
}): StopSignal {
  const { person, seconds, boundary, kill } = deps
  const clock =
    seconds === null
      ? new AbortController().signal
      : AbortSignal.timeout(Math.min(MAX_TIMER, Math.ceil(seconds * 1_000)))
  return {
    signal: AbortSignal.any([person, clock, boundary.signal, kill.signal]),
    explain(end) {
      const order = kill.order()
      if (order !== null)
        return turnEnd(
          'cancelled',
          `Stopped by ${order.by}${order.reason === '' ? '' : `: ${order.reason}`}.`,
        )
      const refusal = boundary.refusal()
      if (refusal !== null && end.status !== 'done') return turnEnd('refused', refusal)
      if (end.status !== 'cancelled' || person.aborted || !clock.aborted) return end
      return turnEnd('budget', `Stopped at the budget: ${seconds} seconds used.`, {
        openItems: ['the budget ended the work before it was finished'],
      })
    },
  }
}
