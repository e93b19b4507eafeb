import { type Fault, fault, success } from '../fault.ts'
import type { Outcome } from '../workspace.ts'
import { type MatchLevel, findBlock, findHeader } from './find-block.ts'
import { listPlaces, reportMismatch } from './mismatch-report.ts'
import { type Hunk, type HunkLine, oldLines } from './patch-op.ts'

/** A hunk with the 0-based line of the file where its old lines start. */
export interface Placed {
  hunk: Hunk
  start: number
  /** The hunk's lines as they were matched (without bare lines at its end that are not in the file). */
  lines: HunkLine[]
  level: MatchLevel
}

/**
 * Finds the one place of every hunk in the lines of a file. A hunk is never put on a guess: several matches that neither
 * `@@` headers, nor `*** End of File`, nor the order of the hunks tell apart are `ambiguous`; none is a `mismatch` that
 * shows the nearest real lines.
 */
export function placeHunks(
  path: string,
  lines: readonly string[],
  hunks: readonly Hunk[],
): Outcome<Placed[]> {
  const placed: Placed[] = []
  let cursor = 0
  for (const [index, hunk] of hunks.entries()) {
    const name =
      hunks.length === 1 ? `The change of ${path}` : `Change ${index + 1} of ${hunks.length} of ${path}`
    const found = placeOne(name, path, lines, hunk, cursor)
    if (!found.ok) return found
    const end = found.value.start + oldLines(found.value.lines).length
    const clash = placed.some((other) => overlaps(other, found.value.start, end))
    if (clash)
      return fault(
        'mismatch',
        `${name} overlaps another change of the patch. Nothing was written. Merge the two into one.`,
      )
    placed.push(found.value)
    cursor = Math.max(cursor, end)
  }
  return success(placed.sort((a, b) => a.start - b.start))
}

function overlaps(other: Placed, start: number, end: number): boolean {
  const otherEnd = other.start + oldLines(other.lines).length
  if (start === end && other.start === otherEnd) return false
  return start < otherEnd && other.start < end
}

function placeOne(
  name: string,
  path: string,
  lines: readonly string[],
  hunk: Hunk,
  cursor: number,
): Outcome<Placed> {
  const headers = headerPlaces(lines, hunk.headers)
  if (oldLines(hunk.lines).length === 0) return placeInsertion(name, path, lines, hunk, headers)
  for (const attempt of withoutBareEnd(hunk.lines)) {
    const want = oldLines(attempt)
    if (want.length === 0) break
    const found = findBlock(lines, want)
    if (found === null) continue
    const starts = choose(found.at, hunk, headers, cursor, lines.length, want.length)
    if (starts.length === 1)
      return success({ hunk, start: starts[0] ?? 0, lines: attempt, level: found.level })
    return fault(
      'ambiguous',
      `${name} matches in ${starts.length} places (lines ${listPlaces(starts)}) and nothing tells which one is meant. ` +
        'Nothing was written. Add more context lines, or "@@" lines that name the enclosing class and function.',
    )
  }
  return reportMismatch(name, path, lines, hunk)
}

/** A hunk's lines; then the same with wholly empty lines taken off its end, which models put between two changes. */
function* withoutBareEnd(lines: HunkLine[]): Generator<HunkLine[]> {
  yield lines
  let end = lines.length
  while (end > 0 && lines[end - 1]?.bare) end--
  if (end < lines.length) yield lines.slice(0, end)
}

function choose(
  at: number[],
  hunk: Hunk,
  headers: number[],
  cursor: number,
  total: number,
  length: number,
): number[] {
  let left = at
  // Hunks stand in file order; one that only matches earlier is still taken, because its place is certain.
  const after = left.filter((start) => start >= cursor)
  if (after.length > 0) left = after
  if (left.length > 1 && hunk.atEnd) left = narrow(left, (start) => start + length === total)
  if (left.length > 1 && headers.length > 0) {
    const first = new Set<number>()
    for (const [index, header] of headers.entries()) {
      const next = headers[index + 1] ?? Infinity
      const start = left.find((candidate) => candidate >= header && candidate < next)
      if (start !== undefined) first.add(start)
    }
    left = narrow(left, (start) => first.has(start))
  }
  if (left.length > 1 && hunk.hintLine !== null) {
    const hint = hunk.hintLine - 1
    left = narrow(left, (start) => start === hint)
  }
  return left
}

function narrow(list: number[], keep: (start: number) => boolean): number[] {
  const kept = list.filter(keep)
  return kept.length > 0 ? kept : list
}

/** Places of the innermost header, each below a place of the header before it. Unfound outer headers are passed over. */
function headerPlaces(lines: readonly string[], headers: readonly string[]): number[] {
  let places: number[] = []
  for (const header of headers) {
    const found = findHeader(lines, header)
    if (found.length === 0) continue
    if (places.length === 0) {
      places = found
      continue
    }
    const below = places
      .map((outer) => found.find((line) => line > outer))
      .filter((line) => line !== undefined)
    places = [...new Set(below)]
  }
  return places
}

function placeInsertion(
  name: string,
  path: string,
  lines: readonly string[],
  hunk: Hunk,
  headers: number[],
): Outcome<Placed> {
  const put = (start: number) => success<Placed>({ hunk, start, lines: hunk.lines, level: 'exact' })
  if (hunk.atEnd || lines.length === 0) return put(lines.length)
  if (headers.length === 1) return put((headers[0] ?? 0) + 1)
  if (headers.length > 1) {
    return fault(
      'ambiguous',
      `${name} only adds lines, and its "@@" line stands at lines ${listPlaces(headers)} of the file. Nothing was written. ` +
        'Add the context lines around the new ones.',
    )
  }
  return insertionFault(name, path, hunk)
}

function insertionFault(name: string, path: string, hunk: Hunk): Fault {
  if (hunk.headers.length > 0) {
    return fault(
      'mismatch',
      `${name} only adds lines, and its "@@" line is not in ${path}. Nothing was written. Add context lines.`,
    )
  }
  return fault(
    'ambiguous',
    `${name} only adds lines and does not say where. Nothing was written. Add context lines around the new ones, ` +
      'or "*** End of File" below them to append.',
  )
}
