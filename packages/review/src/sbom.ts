export { readLockfiles, type Lockfiles, type LockProblem } from './sbom/read-lockfiles.ts'
export { toCycloneDx } from './sbom/to-cyclonedx.ts'
