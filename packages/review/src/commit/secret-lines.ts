import type { Redactor } from '@cairn/guard'

/** A place that a commit would add, and what looks secret in it. The secret itself is not kept. */
export interface SecretPlace {
  path: string
  /** First line of the run of added lines that it is in. */
  line: number
  kind: string
}

/** Finds secrets in what a diff adds. `diff` as of `git diff -U0 --no-prefix`. */
export function secretLines(diff: string, redactor: Pick<Redactor, 'redact'>): SecretPlace[] {
  const found: SecretPlace[] = []
  let path = ''
  let removed = 0
  let added = 0
  let line = 0
  let text: string[] = []
  for (const row of diff.split('\n')) {
    if (removed + added === 0) {
      if (row.startsWith('+++ ')) path = row.slice(4).replace(/\t$/u, '')
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/u.exec(row)
      if (hunk === null) continue
      removed = Number(hunk[1] ?? 1)
      line = Number(hunk[2])
      added = Number(hunk[3] ?? 1)
      text = []
    } else if (row.startsWith('-')) removed -= 1
    else if (row.startsWith('+')) {
      text.push(row.slice(1))
      added -= 1
      // A key spans lines, so they are looked at together.
      if (added === 0)
        for (const { kind } of redactor.redact(text.join('\n')).found) found.push({ path, line, kind })
    }
  }
  return found
}
