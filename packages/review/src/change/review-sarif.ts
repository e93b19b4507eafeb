import { rules } from '../audit/models/rules.ts'
import type { SarifLog } from '../sarif/sarif.ts'
import { toSarif } from '../sarif/to-sarif.ts'
import type { ReviewFinding } from './review-finding.ts'
import { reviewRules } from './review-rules.ts'

/** Findings of a review as a SARIF 2.1.0 log; `version` is that of the program. */
export const reviewSarif = (findings: readonly ReviewFinding[], version: string): SarifLog =>
  toSarif(findings, { version, rules: [...rules.values(), ...Object.values(reviewRules)] })
