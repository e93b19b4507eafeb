const ESC = String.fromCharCode(27)
const BEL = String.fromCharCode(7)

/** Colour, cursor and title sequences. Each alternative stops at the next escape, so the scan is linear. */
const ANSI = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[PX^_][^${ESC}]*(?:${ESC}\\\\)?|[ -/]*[0-~]|)`,
  'g',
)
const CONTROL = new RegExp(`[${range(0, 8)}${range(11, 31)}${range(127, 159)}]`, 'g')
const DIRTY = new RegExp(`[${range(0, 8)}${range(11, 31)}${range(127, 159)}]`)

function range(from: number, to: number): string {
  const hex = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`
  return `${hex(from)}-${hex(to)}`
}

export interface CleanLine {
  text: string
  /** Characters that a carriage return had painted over: content that is gone from the view. */
  overwritten: number
}

/** One line as a terminal would leave it on the screen: no colours, only the last state of a progress line. */
export function cleanLine(raw: string): CleanLine {
  if (!DIRTY.test(raw)) return { text: raw, overwritten: 0 }
  let line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
  let overwritten = 0
  const last = line.lastIndexOf('\r')
  if (last >= 0) {
    const rest = stripControls(line.slice(last + 1))
    // A line that ends in an erased state still shows what was painted before it.
    const from = rest.trim() === '' ? line.lastIndexOf('\r', last - 1) + 1 : last + 1
    overwritten = from
    line = line.slice(from)
  }
  return { text: stripControls(line), overwritten }
}

/** Text without escape sequences and control characters; tabs and newlines stay. */
export function stripControls(text: string): string {
  return DIRTY.test(text) ? text.replace(ANSI, '').replace(CONTROL, '') : text
}
