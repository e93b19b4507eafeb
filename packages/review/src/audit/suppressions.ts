import type { Finding } from './finding.ts'

const comment =
  /cairn-ignore\s+([\w-]+|\*)\s+owner=(\S+)(?:\s+until=(\d{4}-\d{2}-\d{2}))?\s*:\s*(\S.*?)\s*(?:\*\/|-->)?\s*$/

/**
 * Marks findings that a comment on their line or the line above accepts: `cairn-ignore RULE owner=NAME until=YYYY-MM-DD: reason`. One
 * without owner or reason, or whose day has passed, does not count. `today` is YYYY-MM-DD.
 */
export function applySuppressions<T extends Finding>(
  findings: readonly T[],
  textOf: (file: string) => string | null,
  today: string,
): T[] {
  const lines = new Map<string, string[]>()
  return findings.map((finding) => {
    const { file, line } = finding.place
    let list = lines.get(file)
    if (list === undefined) lines.set(file, (list = (textOf(file) ?? '').split('\n')))
    for (const text of [list[line - 1], list[line - 2]]) {
      const match = text === undefined ? null : comment.exec(text)
      if (match === null) continue
      const [, rule = '', owner = '', until, reason = ''] = match
      if ((rule !== '*' && rule !== finding.rule) || (until !== undefined && until < today)) continue
      return { ...finding, suppressed: { owner, until: until ?? null, reason } }
    }
    return finding
  })
}
