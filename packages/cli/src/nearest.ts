/** Edit distance between two short words, neighbours swapped counting once (optimal string alignment), for suggestions. */
function distance(a: string, b: string): number {
  let above: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? (above[j - 2] ?? 0) + 1 : Infinity,
        ),
      )
    }
    above = row
    row = next
  }
  return row[b.length] ?? 0
}

/** The candidate that was probably meant, or null where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const d = candidate.startsWith(word) && word.length >= 3 ? 1 : distance(word, candidate)
    // Of two that are as near the one of the same length: letters are swapped more often than left out.
    const closer =
      d < least || (d === least && best?.length !== word.length && candidate.length === word.length)
    if (closer) [best, least] = [candidate, d]
  }
  return best
}
