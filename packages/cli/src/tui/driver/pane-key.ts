import { matchesKey } from '@earendil-works/pi-tui'
import type { PaneChoice, PaneView } from '../render/pane.ts'

/** What a key does to a pane: moves in place, closes it, shows another, or chooses a line. */
export type PaneStep = 'kept' | 'closed' | { view?: PaneView; choose?: PaneChoice['choose'] }

export function paneKey(view: PaneView, data: string, rows: number): PaneStep {
  const { pane } = view
  const page = Math.max(1, Math.floor(rows / 2))
  const move = (by: number): PaneStep => {
    if (pane.choices === undefined) view.top = Math.max(0, view.top + by)
    else view.selected = Math.max(0, Math.min(pane.choices.length - 1, view.selected + by))
    return 'kept'
  }
  const turn = (by: -1 | 1): PaneStep => {
    const next = pane.turn?.(by) ?? null
    return next === null ? 'kept' : { view: { pane: next, top: 0, selected: 0 } }
  }
  if (matchesKey(data, 'escape') || data === 'q') return 'closed'
  if (matchesKey(data, 'up') || data === 'k') return move(-1)
  if (matchesKey(data, 'down') || data === 'j') return move(1)
  if (matchesKey(data, 'pageUp')) return move(-page)
  if (matchesKey(data, 'pageDown') || data === ' ') return move(page)
  if (matchesKey(data, 'home') || data === 'g') return move(-Number.MAX_SAFE_INTEGER)
  if (matchesKey(data, 'end') || data === 'G') return move(Number.MAX_SAFE_INTEGER / 2)
  if (matchesKey(data, 'left')) return turn(-1)
  if (matchesKey(data, 'right')) return turn(1)
  if (!matchesKey(data, 'enter')) return 'kept'
  const choice = pane.choices?.[view.selected]
  return choice === undefined ? 'closed' : { choose: choice.choose }
}
