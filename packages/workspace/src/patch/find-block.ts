/** How loosely a block of lines was matched, from strict to lax. */
export type MatchLevel = 'exact' | 'trailing-space' | 'indentation' | 'punctuation'

const LEVELS: readonly { level: MatchLevel; fold: (line: string) => string }[] = [
  { level: 'exact', fold: (line) => line },
  { level: 'trailing-space', fold: (line) => line.trimEnd() },
  { level: 'indentation', fold: (line) => line.trim() },
  { level: 'punctuation', fold: foldLine },
]

/**
 * Every place where `want` stands in `lines`, at the strictest level that has one: exact, without trailing space, without
 * any outer space, with typographic punctuation folded to ASCII. `want` must not be empty.
 */
export function findBlock(
  lines: readonly string[],
  want: readonly string[],
): { level: MatchLevel; at: number[] } | null {
  for (const { level, fold } of LEVELS) {
    const at = occurrences(
      level === 'exact' ? lines : lines.map(fold),
      level === 'exact' ? want : want.map(fold),
    )
    if (at.length > 0) return { level, at }
  }
  return null
}

/** Where a `@@` text stands: as a whole line at any level, else as a part of one. */
export function findHeader(lines: readonly string[], header: string): number[] {
  const whole = findBlock(lines, [header])
  if (whole !== null) return whole.at
  const part = foldLine(header)
  if (part === '') return []
  return lines.flatMap((line, index) => (foldLine(line).includes(part) ? [index] : []))
}

/** A line without outer space and with the punctuation that models and editors exchange folded to ASCII. */
export function foldLine(line: string): string {
  return line
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018-\u201b\u2032]/g, "'")
    .replace(/[\u201c-\u201f\u2033]/g, '"')
    .replace(/\u2026/g, '...')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u200b\ufeff]/g, '')
    .trim()
}

function occurrences(lines: readonly string[], want: readonly string[]): number[] {
  const at: number[] = []
  const first = want[0]
  for (let start = lines.indexOf(first ?? ''); start >= 0; start = lines.indexOf(first ?? '', start + 1)) {
    if (start + want.length > lines.length) break
    if (want.every((line, offset) => lines[start + offset] === line)) at.push(start)
  }
  return at
}
