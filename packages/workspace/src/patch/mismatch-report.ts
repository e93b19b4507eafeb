import { type Fault, fault } from '../fault.ts'
import { foldLine } from './find-block.ts'
import { type Hunk, oldLines } from './patch-op.ts'

const SHOWN_LINES = 12
const SHOWN_WIDTH = 160

/** Why a hunk was not found: its first line that differs, and the nearest real lines with their numbers. */
export function reportMismatch(name: string, path: string, lines: readonly string[], hunk: Hunk): Fault {
  const want = oldLines(hunk.lines)
  return fault(
    'mismatch',
    `${name} does not match the file (patch line ${hunk.at}). Nothing was written.\n` +
      `${describeNearest(path, lines, want)}\n` +
      'Write the context and "-" lines exactly as they are in the file, and send the whole patch again.',
  )
}

/** The stretch of `lines` that is most like `want`, numbered, and where the two part. */
export function describeNearest(path: string, lines: readonly string[], want: readonly string[]): string {
  if (lines.length === 0) return `${path} is empty.`
  const start = nearestStart(lines, want)
  if (start === null)
    return `${path} (${lines.length} lines) has nothing like it. Read the file or search for the text first.`
  const differs = want.findIndex((line, offset) => foldLine(lines[start + offset] ?? '') !== foldLine(line))
  const out: string[] = []
  if (differs >= 0) {
    const real = lines[start + differs]
    out.push(`expected: ${quote(want[differs] ?? '')}`)
    out.push(
      real === undefined ? 'but the file ends there' : `line ${start + differs + 1} is: ${quote(real)}`,
    )
  }
  const focus = Math.max(0, differs)
  const from = Math.max(0, start + Math.max(-1, focus - SHOWN_LINES / 2))
  const to = Math.min(lines.length, Math.max(from + 3, Math.min(from + SHOWN_LINES, start + want.length + 1)))
  out.push(`Nearest lines of ${path}:`)
  const width = String(to).length
  for (let index = from; index < to; index++) {
    out.push(`${String(index + 1).padStart(width)}| ${cut(lines[index] ?? '')}`)
  }
  return out.join('\n')
}

export function listPlaces(starts: readonly number[]): string {
  const shown = starts.slice(0, 8).map((start) => start + 1)
  return starts.length > 8 ? `${shown.join(', ')}, …` : shown.join(', ')
}

/** Every wanted line votes for the start it implies; rare and long lines count more. Then the most similar single line. */
function nearestStart(lines: readonly string[], want: readonly string[]): number | null {
  const places = new Map<string, number[]>()
  const wanted = new Set(want.map(foldLine))
  lines.forEach((line, index) => {
    const folded = foldLine(line)
    if (!wanted.has(folded)) return
    const list = places.get(folded)
    if (list === undefined) places.set(folded, [index])
    else list.push(index)
  })
  const votes = new Map<number, number>()
  want.forEach((line, offset) => {
    const folded = foldLine(line)
    const at = places.get(folded) ?? []
    if (folded.length === 0 || at.length > 1000) return
    for (const index of at) {
      const start = Math.max(0, index - offset)
      votes.set(start, (votes.get(start) ?? 0) + Math.min(folded.length, 40) / at.length)
    }
  })
  const best = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]
  return best === undefined || best[1] < 2 ? similarStart(lines, want) : best[0]
}

function similarStart(lines: readonly string[], want: readonly string[]): number | null {
  const offset = want.findIndex((line) => line.trim() !== '')
  const target = words(want[offset] ?? '')
  if (target.size === 0) return null
  let best = 0.3
  let start: number | null = null
  lines.forEach((line, index) => {
    const own = words(line)
    let common = 0
    for (const word of own) if (target.has(word)) common++
    const score = common / Math.max(1, own.size + target.size - common)
    if (score > best) {
      best = score
      start = Math.max(0, index - offset)
    }
  })
  return start
}

function words(line: string): Set<string> {
  return new Set(line.slice(0, 1000).match(/\w+|[^\w\s]/g) ?? [])
}

function quote(line: string): string {
  return JSON.stringify(cut(line))
}

function cut(line: string): string {
  return line.length > SHOWN_WIDTH ? `${line.slice(0, SHOWN_WIDTH)}…` : line
}
