import { applySuppressions } from '../audit/suppressions.ts'
import { findApiBreaks } from './find-api-breaks.ts'
import { findClones } from './find-clones.ts'
import { findComplexity } from './find-complexity.ts'
import { findDependencyChanges } from './find-dependency-changes.ts'
import { findFileMarks } from './find-file-marks.ts'
import { findLineMarks } from './find-line-marks.ts'
import { findAddedSecrets, findSecurity } from './find-security.ts'
import { findUntested } from './find-untested.ts'
import { readChange, type Change, type ChangeRequest } from './read-change.ts'
import { toFindings, type ReviewFinding } from './review-finding.ts'

export interface ReviewResult {
  /** What was compared, in words. */
  change: string
  /** Most severe first; findings of one rule beyond `PER_RULE` are counted in `withheld`. */
  findings: ReviewFinding[]
  withheld: number
  suppressed: number
  /** What was looked at. */
  looked: { files: number; audited: number; unread: string[] }
}

const ORDER = ['critical', 'high', 'medium', 'low']
const SURE = ['high', 'medium', 'low']
/** Findings of one rule that are shown, unless they are severe. */
const PER_RULE = 10

/**
 * Reviews a change without a model. `today` (YYYY-MM-DD) is what the end of suppressions is compared with. The repository is
 * only read. Throws `ReviewError` `bad-repository`.
 */
export async function reviewChange(
  cwd: string,
  request: ChangeRequest,
  today: string,
): Promise<ReviewResult> {
  return reviewRead(await readChange(cwd, request), today)
}

/** Reviews a change that was read already. */
export async function reviewRead(change: Change, today: string): Promise<ReviewResult> {
  const security = await findSecurity(change, today)
  const secrets = findAddedSecrets(change)
  const remarks = [
    ...secrets,
    ...findLineMarks(change),
    ...findFileMarks(change),
    ...findDependencyChanges(change),
    ...findApiBreaks(change),
    ...findUntested(change),
    ...findClones(change),
    ...findComplexity(change),
  ]
  const secretLines = new Set(secrets.map(({ file, line }) => `${file}:${line}`))
  const own = applySuppressions(toFindings(remarks), (file) => change.head.texts.get(file) ?? null, today)
  const accepted = own.filter((one) => one.suppressed !== undefined && one.rule !== 'suppression-added')
  const all = [
    ...security.findings.filter(
      (one) => one.rule !== 'hardcoded-secret' || !secretLines.has(`${one.place.file}:${one.place.line}`),
    ),
    ...own.filter((one) => !accepted.includes(one)),
  ].toSorted(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      SURE.indexOf(a.confidence) - SURE.indexOf(b.confidence) ||
      (a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : a.place.line - b.place.line),
  )
  const counts = new Map<string, number>()
  const findings = all.filter((one) => {
    const nth = (counts.get(one.rule) ?? 0) + 1
    counts.set(one.rule, nth)
    return nth <= PER_RULE || ORDER.indexOf(one.severity) < 2
  })
  const changed = change.files.flatMap(({ after }) =>
    after === null || after.mode === '160000' || after.mode === '120000' ? [] : [after.path],
  )
  return {
    change: change.name,
    findings,
    withheld: all.length - findings.length,
    suppressed: security.suppressed + accepted.length,
    looked: {
      files: change.files.length,
      audited: security.audited?.files ?? 0,
      unread: [
        ...new Set([
          ...changed.filter((path) => !change.head.texts.has(path)),
          ...(security.audited?.unparsed ?? []),
        ]),
      ],
    },
  }
}
