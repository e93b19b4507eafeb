import { count, duration, oneLine } from '../../output/format.ts'
import { renderPane, type PaneView } from '../render/pane.ts'
import { callLine, type Look } from '../render/render-block.ts'
import { createMarkdownCache } from '../render/render-markdown.ts'
import { QUIET } from '../state/reduce-event.ts'
import type { TuiState } from '../state/tui-state.ts'
import { shown } from '../render/shown.ts'

/** Rows of the running speech that are shown before they are finished. */
const TAIL = 8
/** A paragraph that is still being written is drawn from so much of its end, in UTF-16 code units. */
const TAIL_TEXT = 4_000
const QUEUE = 3

const renderTail = createMarkdownCache()

/** The end of what is being said just now, and the calls under way. */
export function renderActivity(
  state: TuiState,
  { now, rows, hurried }: { now: number; rows: number; hurried: boolean },
  look: Look,
): string[] {
  const lines: string[] = []
  const tail = state.speech.text.slice(state.speech.shown)
  if (tail.trim() !== '') {
    const drawn = renderTail(tail.slice(-TAIL_TEXT), look.width - 2, look.paint, hurried)
    const rowsOfTail = drawn.slice(-Math.max(1, Math.min(TAIL, rows)))
    const mark = state.speech.shown === 0 && rowsOfTail.length === drawn.length ? look.paint.bold('●') : ' '
    lines.push(...rowsOfTail.map((row, n) => `${n === 0 ? mark : ' '} ${row}`.trimEnd()))
  }
  if (!state.working) return lines
  const [first, ...others] = state.open.filter((call) => !QUIET.has(call.tool))
  if (first !== undefined) {
    const ms = now - first.startedAt
    lines.push(`${callLine(first, look)}${ms < 1_000 ? '' : look.paint.dim(` ${duration(ms)}`)}`)
  }
  if (others.length > 0) lines.push(look.paint.dim(`    and ${count(others.length, 'more call')}`))
  return lines
}

/** Messages that wait, and for what. */
export function renderQueue(state: TuiState, { width, paint }: Look): string[] {
  const lines = state.queue.slice(0, QUEUE).map(({ text, when }) => {
    const note = when === 'boundary' ? 'after this step' : 'after this turn'
    return paint.dim(`  ⏎ ${note}: ${oneLine(shown(text), width - 24)}`)
  })
  if (state.queue.length > QUEUE)
    lines.push(paint.dim(`    and ${count(state.queue.length - QUEUE, 'more message')}`))
  return lines
}

/** The pane above the composer, at most two thirds of the screen. */
export function renderPaneRows(view: PaneView, rows: number, { width, paint }: Look): string[] {
  const height = Math.max(5, Math.floor((rows * 2) / 3) - 2)
  return [paint.dim('─'.repeat(width)), ...renderPane(view, width, height, paint)]
}
