export { discoverChecks, type Check } from './discover-checks.ts'
export { captureText, runCheck, runCommand, toJournalFailure, type CommandRun, type RunOptions } from './run-check.ts'
export { parseOutput } from './parse/parse-output.ts'
export type { Frame, ParsedFailure, ParsedOutput, Runner } from './parse/parsed-output.ts'
