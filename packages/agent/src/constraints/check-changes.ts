import { apiBreaks, exportedApi } from '@cairn/checks'
import { matchPath } from '@cairn/guard'
import type { ConstraintRule, ProposedChange, Violation } from './constraint-rule.ts'
import { addedDependencies } from './dependency-changes.ts'

/** Which files carry the public API where a statement names none. */
export type IsPublicModule = (path: string) => boolean

const MAX_NAMED = 3

/** What a set of changes does against rules. Pure; contents are those of text files. */
export function checkChanges(
  rules: readonly ConstraintRule[],
  changes: readonly ProposedChange[],
  isPublicModule: IsPublicModule,
): Violation[] {
  return rules.flatMap((rule) =>
    changes.flatMap((change) => {
      const what = change.before === change.after ? null : against(rule, change, isPublicModule)
      return what === null ? [] : [{ rule, what }]
    }),
  )
}

function against(
  rule: ConstraintRule,
  change: ProposedChange,
  isPublicModule: IsPublicModule,
): string | null {
  const { path, before, after } = change
  if (rule.kind === 'path') return againstPath(rule, change)
  if (rule.kind === 'exists') return after === null && path === rule.path ? `${path} is deleted` : null
  if (rule.kind === 'dependency') {
    const { names } = rule
    const added = addedDependencies(change).filter((name) => names === null || names.includes(name))
    return added.length === 0 ? null : `${path} adds ${named(added)}`
  }
  if (rule.kind === 'api') {
    if (before === null || !(rule.globs === null ? isPublicModule(path) : covers(rule.globs, path)))
      return null
    const had = exportedApi(path, before)
    const has = after === null ? new Map<string, string>() : exportedApi(path, after)
    const breaks = had === null || has === null ? [] : apiBreaks(had, has)
    return breaks.length === 0 ? null : `the public API of ${path} breaks: ${named(breaks)}`
  }
  if (rule.kind === 'size') {
    if (after === null || !covers(rule.globs, path)) return null
    const size = sizeOf(after, rule.unit)
    // What was too large before may shrink in steps.
    const grows = before === null || size > sizeOf(before, rule.unit)
    return size > rule.most && grows ? `${path} has ${size} ${rule.unit} then, more than ${rule.most}` : null
  }
  return null
}

function againstPath(
  rule: ConstraintRule & { kind: 'path' },
  { path, after }: ProposedChange,
): string | null {
  const covered = covers(rule.globs, path)
  if (rule.mode === 'only')
    return covered ? null : `${path} is changed, which is outside of ${named(rule.globs)}`
  if (!covered) return null
  if (rule.mode === 'kept') return after === null ? `${path} is removed` : null
  return `${path} is changed`
}

/** A path, what is in it where it is a folder, or what a glob matches. */
const covers = (globs: readonly string[], path: string): boolean =>
  globs.some((glob) => matchPath(glob, path) || path.startsWith(`${glob}/`) || matchPath(`**/${glob}`, path))

const sizeOf = (text: string, unit: 'lines' | 'bytes') =>
  unit === 'bytes' ? Buffer.byteLength(text) : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

function named(words: readonly string[]): string {
  const more = words.length - MAX_NAMED
  return words.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
