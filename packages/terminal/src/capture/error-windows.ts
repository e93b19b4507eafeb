/** A place that looks like an error, with a few lines around it. */
export interface ErrorWindow {
  /** 1-based line of its first line. */
  line: number
  text: string
}

/** Words that compilers, test runners and run times print when something fails. No repetition: linear on any text. */
const errorLike =
  /error|fail(?:ed|ure|ing|s\b)|fatal|panic|exception|traceback|assert|undefined reference|cannot find|not found|denied|segmentation|✗|✘|âœ—|not ok /gi

const before = 2
const after = 6
const contextBytes = 1024
const lineBytes = 300
const keepEach = 8

/** What came before the part that is searched. */
interface Position {
  offset: number
  newlines: number
}

/**
 * Finds error-like lines while output streams by, in time linear in its length. Memory is bounded: the first eight
 * windows and the last eight stay, each of at most nine lines of 300 bytes, apart from those that start in the last
 * `shownAtEnd` bytes of the output.
 */
export const createErrorWindows = (from: Position, shownAtEnd: number) => {
  const first: Found[] = []
  const last: Found[] = []
  /** Bytes as Latin-1 text: what was looked at and may be context, then what waits for its own context. */
  let text = ''
  let textOffset = from.offset
  let scanFrom = 0
  let nextFree = from.offset
  /** Newlines before position `counted` of `text`. */
  let newlines = from.newlines
  let counted = 0

  const countTo = (end: number) => {
    for (let at = text.indexOf('\n', counted); at !== -1 && at < end; at = text.indexOf('\n', at + 1))
      newlines++
    counted = Math.max(counted, end)
  }

  /** Found so late that it may still be in the part that is shown anyway. */
  const recent: Found[] = []

  const settle = () => {
    const end = textOffset + text.length - shownAtEnd
    for (let found = recent[0]; found !== undefined && found.offset < end; found = recent[0]) {
      recent.shift()
      if (first.length < keepEach) first.push(found)
      else {
        last.push(found)
        if (last.length > keepEach) last.shift()
      }
    }
  }

  const scan = (until: number) => {
    errorLike.lastIndex = Math.max(scanFrom, nextFree - textOffset)
    for (
      let match = errorLike.exec(text);
      match !== null && match.index < until;
      match = errorLike.exec(text)
    ) {
      const start = Math.max(counted, moveLines(text, match.index, -before))
      const end = moveLines(text, match.index, after)
      countTo(start)
      recent.push({
        line: newlines + 1,
        offset: textOffset + start,
        latin1: text.slice(start, end),
        match: match.index - start,
      })
      nextFree = textOffset + end
      errorLike.lastIndex = Math.max(end, match.index + 1)
    }
    scanFrom = Math.max(scanFrom, until)
    const drop = Math.max(0, scanFrom - contextBytes)
    countTo(drop)
    text = text.slice(drop)
    textOffset += drop
    scanFrom -= drop
    counted -= drop
  }

  return {
    push(chunk: Buffer) {
      text += chunk.toString('latin1')
      scan(text.length - contextBytes)
      settle()
    },
    /** Windows in order, once nothing more comes. */
    finish(): ErrorWindow[] {
      scan(text.length)
      settle()
      return [...first, ...last].map(({ line, latin1, match }) => ({
        line,
        text: shorten(latin1, match),
      }))
    },
  }
}

interface Found {
  line: number
  offset: number
  latin1: string
  /** Index of the match in `latin1`. */
  match: number
}

/** Start of the line `lines` before (negative), or the end of the line `lines` after; at most the context away. */
const moveLines = (text: string, from: number, lines: number): number => {
  let at = from
  if (lines < 0) {
    for (let left = -lines; left >= 0; left--) {
      const found = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)
      if (found === -1 || from - found > contextBytes)
        return Math.max(0, from - contextBytes, found === -1 ? 0 : at)
      at = found
    }
    return at + 1
  }
  for (let left = lines; left >= 0; left--) {
    const found = text.indexOf('\n', at)
    if (found === -1 || found - from > contextBytes) return Math.min(text.length, from + contextBytes)
    at = found + 1
  }
  return at
}

/** Lines cut to their bound; of the line with the match the part around it. */
const shorten = (latin1: string, match: number): string => {
  let offset = 0
  const lines = latin1.split('\n').map((line) => {
    const here = match - offset
    offset += line.length + 1
    if (line.length <= lineBytes) return line
    const start =
      here > 0 && here < line.length ? Math.max(0, Math.min(here - 100, line.length - lineBytes)) : 0
    return line.slice(start, start + lineBytes)
  })
  return Buffer.from(lines.join('\n'), 'latin1').toString('utf8').replace(/\n$/u, '')
}
