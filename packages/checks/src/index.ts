export { discoverChecks, type Check } from './discover-checks.ts'
export {
  captureText,
  runCheck,
  runCommand,
  toJournalFailure,
  type CommandRun,
  type RunOptions,
} from './run-check.ts'
export { parseOutput } from './parse/parse-output.ts'
export type { Frame, ParsedFailure, ParsedOutput, Runner } from './parse/parsed-output.ts'
export { createLab, type Lab } from './create-lab.ts'
export type { Candidate, CandidateEdit } from './experiment/candidate.ts'
export { renderExperiment, type ExperimentReport, type Verdict } from './experiment/report.ts'
export { renderLocalization, type Localization } from './localize/localization.ts'
export type { LineScore } from './localize/spectrum.ts'
export { apiBreaks, exportedApi, type ExportedApi } from './api/exported-api.ts'
export { maskSource } from './api/mask-source.ts'
export { isCode, isScript, isTest, SCRIPT_ENDINGS } from './impact/file-kinds.ts'
export { importGraph } from './impact/import-graph.ts'
export { selectTests, type Selection } from './impact/select-tests.ts'
export { selectionCommand } from './impact/selection-command.ts'
