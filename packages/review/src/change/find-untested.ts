import { importGraph, isCode, isTest } from '@cairn/checks'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'
import { codeByLine } from './tokens.ts'

const stem = (path: string) =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]+$/, '')
    .replace(/(?:[._-](?:test|spec)s?|Tests?|Spec|IT)$/, '')
    .replace(/^test_/, '')
    .toLowerCase()

/** One finding for all changed sources that no test imports, directly or not, or is named after. Nothing where a repository has no tests. */
export function findUntested({ files, head }: Change): Remark[] {
  const tests = [...head.texts.keys()].filter((path) => isTest(path) && isCode(path))
  const sources = files.flatMap(({ after, added, addedCount }) => {
    const text = after === null ? undefined : head.texts.get(after.path)
    if (after === null || text === undefined || addedCount === 0 || !isCode(after.path) || isTest(after.path))
      return []
    // Configuration is tried by the tools that read it.
    if (/(?:^|\/)[\w.-]*(?:config|rc)\.[cm]?[jt]s$|(?:^|\/)setup\.py$/.test(after.path)) return []
    const line = [...codeByLine(after.path, text)].find(
      ([at, code]) =>
        added.has(at) && /\w/.test(code) && !/^(?:import|from|export\*|export\{|package|use)\b/.test(code),
    )?.[0]
    return line === undefined ? [] : [{ path: after.path, line }]
  })
  if (tests.length === 0 || sources.length === 0) return []
  const graph = importGraph(head.texts)
  const reached = new Set(tests)
  for (const path of reached) for (const target of graph.get(path) ?? []) reached.add(target)
  const named = new Set(tests.map(stem))
  const open = sources.filter(({ path }) => !reached.has(path) && !named.has(stem(path)))
  const [first] = open
  if (first === undefined) return []
  return [
    {
      rule: 'untested',
      file: first.path,
      line: first.line,
      confidence: 'medium',
      about: open.map(({ path }) => path).join(' '),
      message: `${open.length === 1 ? `No test reaches ${first.path}` : `No test reaches ${open.length} changed files`}: none imports ${open.length === 1 ? 'it' : 'them'} or is named after ${open.length === 1 ? 'it' : 'them'}.`,
      evidence: open.slice(0, 5).map(({ path, line }) => `${path}:${line}`),
    },
  ]
}
