import { createHash } from 'node:crypto'
import type { Finding } from '../audit/finding.ts'
import { reviewRules, type ReviewRule } from './review-rules.ts'

/** A finding about a change. `cwe` is 0 where it is not about security; `evidence` is what shows it, a line each. */
export interface ReviewFinding extends Finding {
  evidence: string[]
}

/** What one look at a change says, before it has its name. */
export interface Remark {
  rule: ReviewRule
  file: string
  /** From 1; a file that is gone has line 1. */
  line: number
  severity?: Finding['severity']
  confidence?: Finding['confidence']
  message: string
  evidence?: string[]
  snippet?: string
  /** What the finding is known by besides rule and file, where the line itself does not say it. */
  about?: string
}

/** Turns remarks into findings, each with a fingerprint that stays the same when lines move. */
export function toFindings(remarks: readonly Remark[]): ReviewFinding[] {
  const counts = new Map<string, number>()
  return remarks.map((remark) => {
    const { id, cwe, severity, title, fix } = reviewRules[remark.rule]
    const snippet = (remark.snippet ?? '').trim().slice(0, 300)
    const base = `${id}\n${remark.file}\n${remark.about ?? snippet.replace(/\s+/g, ' ')}`
    const nth = counts.get(base) ?? 0
    counts.set(base, nth + 1)
    return {
      rule: id,
      cwe,
      severity: remark.severity ?? severity,
      confidence: remark.confidence ?? 'high',
      title,
      message: remark.message,
      fix,
      place: { file: remark.file, line: remark.line, column: 1 },
      snippet,
      flow: [],
      fingerprint: createHash('sha256').update(`${base}\n${nth}`).digest('hex').slice(0, 32),
      evidence: remark.evidence ?? [],
    }
  })
}
