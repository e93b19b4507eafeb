import { isTest } from '@cairn/checks'
import { createRedactor } from '@cairn/guard'
import { auditFiles, type AuditResult } from '../audit/audit.ts'
import { isAudited, isBuilt, type InputFile } from '../audit/find-source-files.ts'
import type { Finding } from '../audit/finding.ts'
import { findSecretsInText } from '../audit/rules/find-secrets-in-text.ts'
import { auditScope } from './audit-scope.ts'
import type { Change, Side } from './read-change.ts'
import type { Remark, ReviewFinding } from './review-finding.ts'

/** Files of one side that are audited: those of the change, and as many around them as flows are looked for in. */
function inputs({ texts }: Side, changed: ReadonlySet<string>, most?: number): InputFile[] {
  const audited = new Map(
    [...texts].filter(
      ([path, text]) => isAudited(path) && !isBuilt(path, text) && (changed.has(path) || !isTest(path)),
    ),
  )
  const scope = auditScope(audited, changed, most)
  // Settings say how modules are found.
  return [...audited].flatMap(([path, text]) =>
    scope.has(path) || /(?:^|\/)(?:ts|js)config[\w.]*\.json$/.test(path) ? [{ path, text }] : [],
  )
}

/**
 * Findings of the audit that the change brings, or whose flow runs through its new lines. `most`: see `auditScope`.
 */
export async function findSecurity(
  change: Change,
  today: string,
  most?: number,
): Promise<{ findings: ReviewFinding[]; suppressed: number; audited: AuditResult | null }> {
  const { files, base, head } = change
  const touched = files.some(({ before, after }) => isAudited(after?.path ?? before?.path ?? ''))
  if (!touched) return { findings: [], suppressed: 0, audited: null }
  const paths = (side: 'before' | 'after') =>
    new Set(files.flatMap((one) => (one[side] === null ? [] : [one[side].path])))
  const after = await auditFiles(inputs(head, paths('after'), most), { today })
  const before =
    after.findings.length === 0
      ? []
      : (await auditFiles(inputs(base, paths('before'), most), { today })).findings
  const renamed = new Map(
    files.flatMap((one) =>
      one.before === null || one.after === null ? [] : [[one.before.path, one.after.path]],
    ),
  )
  // Not by fingerprint: that holds the path, and a moved file brings nothing.
  const key = (one: Finding, file: string) => `${one.rule}\n${file}\n${one.snippet.replace(/\s+/g, ' ')}`
  const known = new Map<string, number>()
  for (const one of before) {
    // What was accepted before and is not any more is new.
    if (one.suppressed !== undefined) continue
    const name = key(one, renamed.get(one.place.file) ?? one.place.file)
    known.set(name, (known.get(name) ?? 0) + 1)
  }
  const changed = new Map(files.flatMap((one) => (one.after === null ? [] : [[one.after.path, one.added]])))
  const isNew = (place: { file: string; line: number }) => changed.get(place.file)?.has(place.line) === true
  const found: ReviewFinding[] = []
  let suppressed = 0
  const order = after.findings.toSorted((a, b) => Number(isNew(a.place)) - Number(isNew(b.place)))
  for (const one of order) {
    if (one.suppressed !== undefined) {
      if (isNew(one.place)) suppressed++
      continue
    }
    const name = key(one, one.place.file)
    const left = known.get(name) ?? 0
    const evidence = one.flow.map((step) => `${step.file}:${step.line} ${step.what}`)
    if (left > 0) {
      known.set(name, left - 1)
      if (!isNew(one.place) && !one.flow.some(isNew)) continue
      if (one.flow.length === 0) continue
      found.push({
        ...one,
        evidence,
        message: `${one.message} It was there before; the change touches its way.`,
      })
    } else found.push({ ...one, evidence: evidence.length > 0 ? evidence : [one.snippet] })
  }
  return { findings: found, suppressed, audited: after }
}

/** Secrets by their form in new lines of any text file. Their values are not repeated. */
export function findAddedSecrets({ files, base, head }: Change): Remark[] {
  const redactor = createRedactor({ registered: [], env: {}, salt: new Uint8Array(16) })
  return files.flatMap(({ before, after, added, addedCount }) => {
    const text = after === null || addedCount === 0 ? undefined : head.texts.get(after.path)
    if (after === null || text === undefined) return []
    const old = new Set(
      before === null
        ? []
        : findSecretsInText(before.path, base.texts.get(before.path) ?? '', redactor).map(
            (hit) => `${hit.detail ?? ''} ${hit.snippet.trim()}`,
          ),
    )
    return findSecretsInText(after.path, text, redactor)
      .filter(({ line }) => added.has(line))
      .slice(0, 5)
      .map((hit): Remark => ({
        rule: 'secret',
        file: after.path,
        line: hit.line,
        severity: isTest(after.path) ? 'medium' : 'high',
        confidence:
          isTest(after.path) || old.has(`${hit.detail ?? ''} ${hit.snippet.trim()}`) ? 'medium' : 'high',
        message: `The line holds a secret by its form: ${hit.detail ?? 'secret'}.`,
        snippet: hit.snippet,
        evidence: [hit.snippet.trim()],
      }))
  })
}
