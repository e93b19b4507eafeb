/** One changed file for `makePatch`: lines before and after; null for absent. */
export interface FileEdit {
  path: string
  before: readonly string[] | null
  after: readonly string[] | null
  moveTo?: string
}

/**
 * Writes edits of files as a V4A patch as a careful model would: each run of changed lines with as much context around it
 * as makes its place certain, `*** End of File` where it reaches the end.
 */
export function makePatch(edits: readonly FileEdit[]): string {
  const out = ['*** Begin Patch']
  for (const { path, before, after, moveTo } of edits) {
    if (before === null && after !== null)
      out.push(`*** Add File: ${path}`, ...after.map((line) => `+${line}`))
    else if (after === null) out.push(`*** Delete File: ${path}`)
    else if (before !== null && after !== null) {
      out.push(`*** Update File: ${path}`)
      if (moveTo !== undefined) out.push(`*** Move to: ${moveTo}`)
      out.push(...hunks(before, after))
    }
  }
  out.push('*** End Patch')
  return `${out.join('\n')}\n`
}

/** A change of `before[from..to)` into `lines`. */
interface Run {
  from: number
  to: number
  lines: string[]
}

function hunks(before: readonly string[], after: readonly string[]): string[] {
  const out: string[] = []
  let cursor = 0
  let pending: Run[] = []
  const runs = diff(before, after)
  for (const [index, run] of runs.entries()) {
    pending.push(run)
    const next = runs[index + 1]
    const limit = next?.from ?? before.length
    const first = pending[0]
    if (first === undefined) continue
    const written = widen(before, pending, cursor, limit)
    // No certain place without running into the next change: make one hunk of both.
    if (written === null && next !== undefined) continue
    const { start, end } = written ?? { start: cursor, end: before.length }
    out.push('@@', ...body(before, pending, start, end))
    if (end === before.length) out.push('*** End of File')
    cursor = end
    pending = []
  }
  return out
}

function widen(
  before: readonly string[],
  runs: Run[],
  cursor: number,
  limit: number,
): { start: number; end: number } | null {
  const from = runs[0]?.from ?? 0
  const to = runs.at(-1)?.to ?? 0
  for (let width = 1; width <= before.length + 1; width++) {
    const start = Math.max(cursor, from - width)
    const end = Math.min(limit, to + width)
    if (end === before.length && end > start) return { start, end }
    if (end > start && places(before, before.slice(start, end), cursor) === 1) return { start, end }
    if (start === cursor && end === limit) return null
  }
  return null
}

function places(lines: readonly string[], want: readonly string[], cursor: number): number {
  let count = 0
  for (let at = cursor; at + want.length <= lines.length; at++)
    if (want.every((line, i) => lines[at + i] === line)) count++
  return count
}

function body(before: readonly string[], runs: readonly Run[], start: number, end: number): string[] {
  const out: string[] = []
  let at = start
  for (const run of runs) {
    out.push(...before.slice(at, run.from).map((line) => ` ${line}`))
    out.push(
      ...before.slice(run.from, run.to).map((line) => `-${line}`),
      ...run.lines.map((line) => `+${line}`),
    )
    at = run.to
  }
  return [...out, ...before.slice(at, end).map((line) => ` ${line}`)]
}

/** Runs of changed lines along a longest common subsequence. */
function diff(a: readonly string[], b: readonly string[]): Run[] {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  const cell = (i: number, j: number) => table[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i]
      if (row !== undefined)
        row[j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1))
    }
  }
  const runs: Run[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++
      j++
      continue
    }
    const run: Run = { from: i, to: i, lines: [] }
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) break
      if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) i++
      else run.lines.push(b[j++] ?? '')
    }
    run.to = i
    runs.push(run)
  }
  return runs
}
