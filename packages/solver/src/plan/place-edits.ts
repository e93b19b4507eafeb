import type { Splice } from '../operators/mutation.ts'
import { applySplices } from './enumerate-candidates.ts'

/** An edit as the `experiment` tool takes it: 1-based place, exact old text. */
export interface PlacedEdit {
  path: string
  line: number
  column: number
  old: string
  new: string
}

/** Splices as placed edits. */
export function placeEdits(path: string, text: string, splices: readonly Splice[]): PlacedEdit[] {
  return splices.map(({ start, end, text: own }) => {
    const before = text.slice(0, start)
    const lineStart = before.lastIndexOf('\n') + 1
    return {
      path,
      line: before.split('\n').length,
      column: start - lineStart + 1,
      old: text.slice(start, end),
      new: own,
    }
  })
}

/** Whole lines before and after, wide enough for the old ones to stand in the file only once. */
export function asUniqueReplacement(
  text: string,
  splices: readonly Splice[],
): { old: string; new: string } | null {
  const [first, last] = [splices[0], splices.at(-1)]
  if (first === undefined || last === undefined) return null
  let start = text.lastIndexOf('\n', first.start - 1) + 1
  let end = text.indexOf('\n', last.end)
  if (end === -1) end = text.length
  const changed = applySplices(text, splices)
  for (;;) {
    const old = text.slice(start, end)
    if (old !== '' && text.indexOf(old) === text.lastIndexOf(old))
      return { old, new: changed.slice(start, changed.length - (text.length - end)) }
    if (start === 0 && end === text.length) return null
    start = start === 0 ? 0 : text.lastIndexOf('\n', start - 2) + 1
    end =
      end === text.length
        ? end
        : text.indexOf('\n', end + 1) === -1
          ? text.length
          : text.indexOf('\n', end + 1)
  }
}
