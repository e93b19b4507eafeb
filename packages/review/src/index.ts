export { auditFiles, auditProgram } from './audit/audit.ts'
export type { AuditResult } from './audit/audit.ts'
export { findSourceFiles } from './audit/find-source-files.ts'
export type { InputFile } from './audit/find-source-files.ts'
export type { Finding, FlowStep, Place } from './audit/finding.ts'
export { ReviewError } from './review-error.ts'
export { mergeSarif, readSarif } from './sarif/read-sarif.ts'
export type { SarifLog, SarifRun } from './sarif/sarif.ts'
export { toSarif } from './sarif/to-sarif.ts'
export { readChange, type ChangeRequest } from './change/read-change.ts'
export { reviewChange, reviewRead, type ReviewResult } from './change/review-change.ts'
export {
  applyResolutions,
  readResolutions,
  RESOLUTIONS_FILE,
  withoutResolution,
  withResolution,
  type Resolution,
} from './change/resolutions.ts'
export { reviewSarif } from './change/review-sarif.ts'
export type { ReviewFinding } from './change/review-finding.ts'
