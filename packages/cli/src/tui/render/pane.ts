import { cutToWidth } from '../../output/display-width.ts'
import type { Paint } from '../../output/paint.ts'
import { shown } from './shown.ts'

/** One line of a pane that can be chosen. */
export interface PaneChoice {
  label: string
  detail?: string
  /** What Enter does. */
  choose: () => void | Promise<void>
}

/** Something to look at above the composer: text to scroll, or lines to choose from. */
export interface Pane {
  title: string
  /** Ready to be shown, already escaped; made again for each width. Empty where there are choices. */
  lines: (width: number) => string[]
  choices?: PaneChoice[]
  /** What Left and Right lead to. */
  turn?: (by: -1 | 1) => Pane | null
}

/** Where a pane is scrolled to, and which line is chosen. */
export interface PaneView {
  pane: Pane
  top: number
  selected: number
}

/** The rows of a pane: a title, at most `height - 2` lines, and the keys. */
export function renderPane(view: PaneView, width: number, height: number, paint: Paint): string[] {
  const { pane } = view
  const room = Math.max(3, height - 2)
  const rows =
    pane.choices === undefined
      ? pane.lines(width - 2)
      : pane.choices.map(({ label, detail }, at) => {
          const mark = at === view.selected ? '›' : ' '
          const text = cutToWidth(
            shown(`${mark} ${label}${detail === undefined ? '' : `  ${detail}`}`),
            width - 2,
          )
          return at === view.selected ? paint.cyan(text) : text
        })
  const most = Math.max(0, rows.length - room)
  view.top =
    pane.choices === undefined
      ? Math.min(view.top, most)
      : Math.min(most, Math.max(view.selected - room + 1, Math.min(view.top, view.selected)))
  const place =
    most === 0 ? '' : ` ${view.top + 1}–${Math.min(rows.length, view.top + room)} of ${rows.length}`
  const keys = [
    most > 0 || pane.choices !== undefined ? '↑↓' : '',
    pane.turn === undefined ? '' : '←→ other',
    pane.choices === undefined ? '' : 'Enter chooses',
    'Esc closes',
  ]
  return [
    `${paint.bold(shown(pane.title))}${paint.dim(place)}`,
    ...rows.slice(view.top, view.top + room),
    paint.dim(keys.filter((key) => key !== '').join(' · ')),
  ]
}
