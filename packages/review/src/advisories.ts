export { findUses } from './advisories/find-uses.ts'
export { findVulnerable, type Vulnerable } from './advisories/find-vulnerable.ts'
export { openAdvisories, type Advisories, type ImportResult } from './advisories/open-advisories.ts'
export { toVulnerabilities } from './advisories/to-vulnerabilities.ts'
