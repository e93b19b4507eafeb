import {
  ProcessTerminal,
  truncateToWidth,
  TuiMainScreen,
  visibleWidth,
  type Component,
  type Terminal,
} from '@earendil-works/pi-tui'
import { ESC, onlyColours } from './only-colours.ts'

/** What is drawn at the bottom of the terminal, below everything that is finished. */
export interface LiveView {
  /**
   * Rows for so many columns; the screen shows the last `rows - 1` of them. `hurried`: this frame answers a key and
   * another follows at once, so that what streams may stay as it was in the one before.
   */
  render(width: number, rows: number, hurried: boolean): string[]
}

/** The terminal while the UI is open: finished lines above, a live region below. */
export interface Screen {
  readonly tui: TuiMainScreen
  readonly columns: number
  readonly rows: number
  start(): void
  /** Prints lines above the live region; they are the terminal's from then on. */
  commit(lines: readonly string[]): void
  /** Draws the live region soon, at most every `FRAME_MS`; `now`: at once. */
  refresh(now?: boolean): void
  /** Clears what is visible, so that everything can be drawn anew. The scrollback stays. */
  wipe(): void
  /** Takes the live region away and gives the terminal back as it was. */
  stop(): Promise<void>
}

/** Streams come in many small pieces; more frames than this cannot be read. */
const FRAME_MS = 100

/** No bracketed paste, no keyboard protocol, a visible cursor: for an end that came without an order. */
const GIVEN_BACK = '\u001B[?2026l\u001B[?2004l\u001B[<u\u001B[>4;0m\u001B[?25h'

const FRESH = {
  previousLines: [],
  previousWidth: 0,
  previousHeight: 0,
  cursorRow: 0,
  hardwareCursorRow: 0,
  maxLinesRendered: 0,
  previousViewportTop: 0,
}

const COLUMN = new RegExp(`${ESC}\\[(\\d+)G$`, 'u')
const columnOf = (data: string) => COLUMN.exec(data)?.[1]

function fit(line: string, width: number): string {
  const clean = onlyColours(line)
  return visibleWidth(clean) > width ? truncateToWidth(clean, width, '…') : clean
}

export function createScreen(live: LiveView, focus: () => Component): Screen {
  const real = new ProcessTerminal()
  /** Column of the cursor, from 0: pi-tui keeps only its row. */
  let column = 0
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let fitted = new Map<string, string>()
  let fittedWidth = 0

  /** The sequence that erases the live region as the last frame left it, in a terminal that may have another width now. */
  const erase = (width: number) => {
    const { previousLines, hardwareCursorRow } = tui.captureRenderState()
    let up = Math.floor(column / width)
    for (const line of previousLines.slice(0, hardwareCursorRow))
      up += Math.max(1, Math.ceil(visibleWidth(line) / width))
    up = Math.min(up, real.rows - 1)
    return `${up > 0 ? `\u001B[${up}A` : ''}\r\u001B[J`
  }
  const terminal: Terminal = {
    start(onInput, onResize) {
      real.start(onInput, () => {
        if (tui.captureRenderState().previousWidth !== 0) {
          real.write(`\u001B[?2026h${erase(real.columns)}`)
          tui.restoreRenderState(FRESH)
        }
        onResize()
      })
    },
    stop: () => real.stop(),
    drainInput: (most, idle) => real.drainInput(most, idle),
    write(data) {
      const at = columnOf(data)
      if (at !== undefined) column = Number(at) - 1
      real.write(data)
    },
    get columns() {
      return real.columns
    },
    get rows() {
      return real.rows
    },
    get kittyProtocolActive() {
      return real.kittyProtocolActive
    },
    moveBy: (lines) => real.moveBy(lines),
    hideCursor: () => real.hideCursor(),
    showCursor: () => real.showCursor(),
    clearLine: () => real.clearLine(),
    clearFromCursor: () => real.clearFromCursor(),
    clearScreen: () => real.clearScreen(),
    setTitle: (title) => real.setTitle(title),
    setProgress: (active) => real.setProgress(active),
  }
  const tui = new TuiMainScreen(terminal, true)
  tui.addChild({
    render(width) {
      // Most lines of a frame stood in the one before.
      const before = width === fittedWidth ? fitted : new Map<string, string>()
      fitted = new Map()
      fittedWidth = width
      const rows = live.render(width, real.rows, timer !== null).slice(-Math.max(2, real.rows - 1))
      return rows.map((line) => {
        const known = before.get(line) ?? fit(line, width)
        fitted.set(line, known)
        return known
      })
    },
    invalidate: () => undefined,
  })

  const restore = () => real.write(GIVEN_BACK)
  const draw = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (!stopped) tui.renderNow()
  }
  return {
    tui,
    get columns() {
      return real.columns
    },
    get rows() {
      return real.rows
    },
    start() {
      process.once('exit', restore)
      tui.setFocus(focus())
      tui.start()
    },
    commit(lines) {
      if (lines.length === 0 || stopped) return
      const text = lines.map((line) => `${onlyColours(line)}\u001B[0m\r\n`).join('')
      real.write(`\u001B[?2026h${erase(real.columns)}${text}`)
      column = 0
      tui.restoreRenderState(FRESH)
      draw()
    },
    refresh(now = false) {
      if (!now) timer ??= setTimeout(draw, FRAME_MS)
      else if (!stopped) tui.renderNow()
    },
    wipe() {
      real.write('\u001B[2J\u001B[H')
      column = 0
      tui.restoreRenderState(FRESH)
    },
    async stop() {
      if (stopped) return
      if (timer !== null) clearTimeout(timer)
      real.write(erase(real.columns))
      tui.restoreRenderState(FRESH)
      stopped = true
      await real.drainInput(200, 20)
      tui.stop({ preserveScreen: true })
      process.off('exit', restore)
    },
  }
}
