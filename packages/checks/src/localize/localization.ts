import type { LineScore } from './spectrum.ts'

/** Where a failing check's fault probably lies. */
export interface Localization {
  command: string
  ok: boolean
  passed: number | null
  failures: {
    id: string
    message: string
    /** Where it stopped, outside the test first. */
    at: string | null
    /** Source lines of the test around the place where it stopped. */
    source: string[]
  }[]
  /** Not tests; highest score first. */
  lines: LineScore[]
  /** Size of each file that `lines` are of. */
  sizes: ReadonlyMap<string, { lines: number; bytes: number }>
  method: 'coverage' | 'imports'
}

const shownFailures = 8
const shownLines = 400
const shownFiles = 12
const messageLimit = 600
const sourceLimit = 12

/** Consecutive lines with one score, as `first-last=score`. */
function ranges(lines: readonly LineScore[]): string[] {
  const sorted = lines.toSorted((a, b) => a.line - b.line)
  const out: { first: number; last: number; score: number }[] = []
  for (const { line, score } of sorted) {
    const top = out.at(-1)
    if (top !== undefined && top.last === line - 1 && top.score === score) top.last = line
    else out.push({ first: line, last: line, score })
  }
  return out.map(({ first, last, score }) => `${first === last ? first : `${first}-${last}`}=${score}`)
}

/** What one line of text in `ranges` costs about, in characters. */
const rangeCost = 9

/**
 * The localisation as bounded text: first line for people, then `fail` blocks and `file` lines that a program can read
 * back. The same tree gives the same text.
 *
 * @param tokens most tokens of the text, at four characters each; what is least suspicious gives way first. Default:
 *   up to 8 failures, 400 lines and 12 files.
 */
export function renderLocalization(result: Localization, tokens = Infinity): string {
  if (result.ok) return `localization of \`${result.command}\`: the check passes, nothing to localise`
  const passed = result.passed === null ? '' : `, ${result.passed} passing`
  const title = `localization of \`${result.command}\`: ${result.failures.length} failing${passed}; lines by ${result.method}`
  const room = tokens * 4 - title.length - 'and 1000 more\n\n…'.length
  const places = placesOf(result, room * 0.5)
  const blocks = failureBlocks(result, room - places.join('\n').length)
  const left = result.failures.length - blocks.length
  return [title, ...blocks, ...(left > 0 ? [`and ${left} more`] : []), ...places].join('\n')
}

/** As many failures as fit, each whole or, where even the first does not fit, its beginning. */
function failureBlocks({ failures }: Localization, room: number): string[] {
  const blocks: string[] = []
  let left = room
  for (const failure of failures.slice(0, shownFailures)) {
    const share = blocks.length === 0 ? left : Math.min(left, room / 2)
    const head = `fail ${failure.id}${failure.at === null ? '' : ` @ ${failure.at}`}`
    const inMessage = Math.min(messageLimit, Math.max(80, (share - head.length) * 0.6))
    const message =
      failure.message.length > inMessage ? `${failure.message.slice(0, inMessage)}…` : failure.message
    const lines = [head, ...message.split('\n').map((line) => `  ${line}`)]
    // The place where the test stopped is at the end of its source.
    let rest = share - lines.join('\n').length
    const source: string[] = []
    for (const line of failure.source.slice(0, sourceLimit).toReversed()) {
      const text = `  | ${line.slice(0, 200)}`
      rest -= text.length + 1
      if (rest < 0) break
      source.unshift(text)
    }
    const block = [...lines, ...source].join('\n')
    if (blocks.length > 0 && block.length + 1 > left) break
    blocks.push(block)
    left -= block.length + 1
  }
  return blocks
}

/** Longest line in characters: views of results cut longer ones. */
const lineLimit = 1_000

/** Words in lines of bounded length. */
function wrapped(words: readonly string[]): string[] {
  const out: string[] = []
  for (const word of words) {
    const top = out.at(-1)
    if (top !== undefined && top.length + word.length < lineLimit) out[out.length - 1] = `${top} ${word}`
    else out.push(word)
  }
  return out
}

/** The most suspicious lines by file; fewer lines, and files, where room is short. */
function placesOf({ lines, sizes }: Localization, room: number): string[] {
  const render = (count: number): string[] => {
    const shown = lines.slice(0, count)
    const files = [...new Set(shown.map((entry) => entry.file))].slice(0, shownFiles)
    return files.flatMap((file) => {
      const size = sizes.get(file)
      const about = size === undefined ? '' : `(${size.lines} lines, ${size.bytes} bytes) `
      return wrapped(ranges(shown.filter((entry) => entry.file === file))).map(
        (text, index) => `file ${file} ${index === 0 ? about : ''}${text}`,
      )
    })
  }
  let count = Math.min(shownLines, lines.length)
  let out = render(count)
  while (count > 4 && out.join('\n').length > room) {
    count = Math.min(count - 1, Math.max(4, Math.floor(count - (out.join('\n').length - room) / rangeCost)))
    out = render(count)
  }
  return out
}
