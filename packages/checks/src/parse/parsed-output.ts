/** One position of a stack trace inside the workspace. `file` is relative to its root, `/`-separated; `line` is 1-based. */
export interface Frame {
  file: string
  line: number
  column: number | null
  fn: string | null
}

/** A failing test (or diagnostic), as found in the output of a runner. */
export interface ParsedFailure {
  /** File and nested test names: stays the same while lines move. */
  id: string
  /** The error without its stack, bounded. */
  message: string
  /** Workspace frames, innermost first. */
  frames: Frame[]
  /** Where the test is declared, if the runner says so. */
  test: { file: string; line: number } | null
}

export type Runner =
  | 'node'
  | 'vitest'
  | 'jest'
  | 'mocha'
  | 'tsc'
  | 'pytest'
  | 'unittest'
  | 'go'
  | 'cargo'
  | 'maven'
  | 'gradle'
  | 'junit'
  | 'eslint'
  | 'compiler'
  | 'script'

/** What a runner said. Counts are null where it did not say. */
export interface ParsedOutput {
  runner: Runner
  passed: number | null
  failed: number | null
  failures: ParsedFailure[]
}

const messageLimit = 1_500

/** Trims a failure message to what a reader needs: no outer blank lines, no common indent, bounded. */
export function tidyMessage(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0)
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  const text = lines
    .map((line) => line.slice(indent).trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .replace(/\n{2,}/g, '\n')
  return text.length > messageLimit ? `${text.slice(0, messageLimit)}…` : text
}

/** Numbers repeated ids, so that each failure has its own. */
export function uniqueIds(failures: readonly ParsedFailure[]): ParsedFailure[] {
  const seen = new Map<string, number>()
  return failures.map((failure) => {
    const count = (seen.get(failure.id) ?? 0) + 1
    seen.set(failure.id, count)
    return count === 1 ? failure : { ...failure, id: `${failure.id} #${count}` }
  })
}
