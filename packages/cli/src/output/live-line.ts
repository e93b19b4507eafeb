import { cutToWidth } from './display-width.ts'
import type { Paint } from './paint.ts'

/** A line at the bottom of a terminal that is written over; nothing at all where there is no terminal. */
export interface LiveLine {
  /** Shows a text of one line, and asks for it anew each second, so that the clock in it goes on. */
  set(text: () => string): void
  /** Takes the line away, so that ordinary text can be written. */
  clear(): void
}

const EVERY_MS = 1_000
/** Streams come in many small pieces: more than this cannot be read anyway. */
const AT_MOST_MS = 60

export function createLiveLine(
  stream: { write(text: string): unknown; isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
  paint: Paint,
): LiveLine {
  if (stream.isTTY !== true || env['TERM'] === 'dumb' || env['CI'] !== undefined)
    return { set: () => undefined, clear: () => undefined }
  let shown = ''
  let text: (() => string) | null = null
  let drawnAt = 0
  let timer: NodeJS.Timeout | null = null
  const draw = () => {
    timer = null
    if (text === null) return
    // Cut before it is painted: half an escape sequence would colour everything after it.
    const line = cutToWidth(text(), (stream.columns ?? 80) - 1)
    drawnAt = performance.now()
    if (line !== shown) stream.write(`\r\u001B[K${paint.dim(line)}`)
    shown = line
    schedule(EVERY_MS)
  }
  const schedule = (ms: number) => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(draw, ms)
    timer.unref()
  }
  return {
    set(next) {
      text = next
      const wait = shown === '' ? 0 : drawnAt + AT_MOST_MS - performance.now()
      if (wait <= 0) draw()
      else schedule(wait)
    },
    clear() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      text = null
      if (shown === '') return
      shown = ''
      stream.write('\r\u001B[K')
    },
  }
}
