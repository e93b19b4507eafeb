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

/**
 * The localisation as bounded text: first line for people, then `fail` blocks and `file` lines that a program can read
 * back. The same tree gives the same text.
 */
export function renderLocalization(result: Localization): string {
  if (result.ok) return `localization of \`${result.command}\`: the check passes, nothing to localise`
  const passed = result.passed === null ? '' : `, ${result.passed} passing`
  const out = [
    `localization of \`${result.command}\`: ${result.failures.length} failing${passed}; lines by ${result.method}`,
  ]
  for (const failure of result.failures.slice(0, shownFailures)) {
    out.push(`fail ${failure.id}${failure.at === null ? '' : ` @ ${failure.at}`}`)
    const message =
      failure.message.length > messageLimit ? `${failure.message.slice(0, messageLimit)}…` : failure.message
    out.push(...message.split('\n').map((line) => `  ${line}`))
    out.push(...failure.source.slice(0, sourceLimit).map((line) => `  | ${line.slice(0, 200)}`))
  }
  if (result.failures.length > shownFailures) out.push(`and ${result.failures.length - shownFailures} more`)
  const lines = result.lines.slice(0, shownLines)
  const files = [...new Set(lines.map((entry) => entry.file))].slice(0, shownFiles)
  for (const file of files)
    out.push(`file ${file} ${ranges(lines.filter((entry) => entry.file === file)).join(' ')}`)
  return out.join('\n')
}
