import { apiBreaks, exportedApi, importGraph, isTest } from '@cairn/checks'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'

const ENTRY = /(?:^|\/)(?:index|main|lib|mod|api)\.[cm]?[jt]sx?$|(?:^|\/)__init__\.pyi?$/

/** Exports that a file lost or changed: medium where the file is an entry or unchanged files still load it, else low. Exports that only moved are left out. */
export function findApiBreaks({ files, head, base }: Change): Remark[] {
  const changed = new Set(files.flatMap(({ after }) => (after === null ? [] : [after.path])))
  const candidates = files.flatMap(({ before, after, firstLine }) => {
    const was = before === null || isTest(before.path) ? undefined : base.texts.get(before.path)
    if (before === null || was === undefined) return []
    const now = after === null ? '' : (head.texts.get(after.path) ?? '')
    const old = exportedApi(before.path, was)
    const current = exportedApi(after?.path ?? before.path, now)
    if (old === null || current === null) return []
    const breaks = apiBreaks(old, current)
    return breaks.length === 0
      ? []
      : [{ path: before.path, file: after?.path ?? before.path, line: firstLine, breaks, old, current }]
  })
  if (candidates.length === 0) return []
  const graph = importGraph(base.texts)
  const users = (path: string) =>
    [...graph]
      .filter(([from, targets]) => targets.has(path) && head.texts.has(from) && !changed.has(from))
      .map(([from]) => from)
  const gained = new Map<string, Set<string>>()
  for (const { before, after } of files) {
    const api =
      after === null || isTest(after.path) ? null : exportedApi(after.path, head.texts.get(after.path) ?? '')
    const old = before === null ? null : exportedApi(before.path, base.texts.get(before.path) ?? '')
    if (api !== null && after !== null)
      gained.set(after.path, new Set([...api.keys()].filter((name) => old?.has(name) !== true)))
  }
  return candidates.flatMap(({ path, file, line, breaks, old, current }) => {
    const using = users(path)
    const outside = ENTRY.test(path) || using.length > 0
    const moved = (name: string) => [...gained].some(([other, names]) => other !== file && names.has(name))
    const lost = [...old.keys()].filter((name) => !current.has(name))
    if (!outside && lost.length === breaks.length && lost.every(moved)) return []
    return [
      {
        rule: 'api' as const,
        file,
        line,
        severity: outside ? ('medium' as const) : ('low' as const),
        confidence: outside ? ('high' as const) : ('medium' as const),
        about: breaks.join('\n'),
        message: `${breaks[0] ?? ''}${breaks.length > 1 ? `, and ${breaks.length - 1} more` : ''}${using.length > 0 ? `; ${using.slice(0, 3).join(', ')} still load${using.length === 1 ? 's' : ''} the file` : ''}.`,
        evidence: breaks.slice(0, 10),
      },
    ]
  })
}
