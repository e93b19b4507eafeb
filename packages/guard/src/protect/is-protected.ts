import { workspaceNames } from './protect-list.ts'
import type { ProtectedName } from './protect-list.ts'

export interface Protection {
  decision: 'deny' | 'ask'
  reason: string
}

/** Code points that some file systems drop or fold away, so that `.g<U+200C>it` opens `.git`. */
const ignorable = /\p{Default_Ignorable_Code_Point}/gu

/**
 * The form in which names are compared: file systems exist that ignore case, ignorable characters, what follows a colon,
 * or dots and blanks at the end.
 */
const fold = (segment: string): string => {
  const name = segment.normalize('NFKC').replace(ignorable, '').toLowerCase()
  const colon = name.indexOf(':')
  let end = colon > 0 ? colon : name.length
  while (end > 1 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--
  return name.slice(0, end)
}

const bySegment = new Map<string, ProtectedName>()
for (const name of workspaceNames) bySegment.set(name.path.toLowerCase(), name)

/**
 * Whether a file tool may write `relativePath` (relative to the workspace, `/` or `\` between names). Null: yes.
 * Names count at every depth, because a sub-folder can be opened as a project of its own.
 */
export const isProtected = (relativePath: string): Protection | null => {
  const segments: string[] = []
  for (const raw of relativePath.split(/[/\\]/u)) {
    if (raw === '' || raw === '.') continue
    if (raw === '..') {
      if (segments.pop() === undefined) return { decision: 'deny', reason: 'leads out of the workspace' }
      continue
    }
    segments.push(fold(raw))
  }
  for (const [index, segment] of segments.entries()) {
    if (segment === '.git' || /^git~\d+$/u.test(segment))
      return { decision: 'deny', reason: 'inside of a git repository' }
    const found = bySegment.get(segment) ?? bySegment.get(`${segment}/${segments[index + 1] ?? ''}`)
    if (found !== undefined) return { decision: found.decision, reason: found.reason }
  }
  return null
}
