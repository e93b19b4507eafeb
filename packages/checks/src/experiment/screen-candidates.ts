import type { ParsedFailure } from '../parse/parsed-output.ts'
import type { Candidate } from './candidate.ts'
import { compareFailures, type Comparison } from './compare-failures.ts'
import { nodeCommand } from './quick-command.ts'
import { runScreen } from './run-screen.ts'
import { affected, testFileOf, type Trial } from './trial.ts'

const baselineId = '(baseline)'

function sameFailures(a: readonly ParsedFailure[], b: readonly ParsedFailure[]): boolean {
  const ids = (list: readonly ParsedFailure[]): string =>
    list
      .map((failure) => failure.id)
      .sort()
      .join('\n')
  return ids(a) === ids(b)
}

/**
 * What many candidates do to the failing test files, found in one process for each slot. Null where the check is not one
 * of Node's own runner, or where the unchanged project does not fail in the screen as it does in truth: then nothing
 * that the screen says can be believed. Candidates without an entry were not reached.
 */
export async function screenCandidates(
  trial: Trial,
  candidates: readonly Candidate[],
): Promise<Map<string, Comparison> | null> {
  const { bench, baseline, command, signal } = trial
  const node = baseline.run.parsed.runner === 'node' ? nodeCommand(command, bench.root) : null
  const failures = baseline.run.parsed.failures
  const files = [...new Set(failures.map(testFileOf))]
  if (node === null || baseline.screens === false || baseline.run.timedOut || files.includes(null))
    return null
  const filesOf = (candidate: Candidate): string[] =>
    affected(
      trial,
      candidate.edits.map((edit) => edit.path),
    )
  const stallMs = Math.min(4_000, Math.max(600, baseline.run.durationMs * 2))
  const unchanged: Candidate = { id: baselineId, edits: [] }
  const parts = await Promise.all(
    bench.slots.map((slot, index) => {
      const own = candidates.filter((_, position) => position % bench.slots.length === index)
      return runScreen(bench, slot, {
        node,
        candidates: index === 0 ? [unchanged, ...own] : own,
        filesOf,
        stallMs,
        timeoutMs: 30_000 + own.length * stallMs,
        ...(signal === undefined ? {} : { signal }),
      })
    }),
  )
  const screened = new Map(parts.flat().map((each) => [each.id, each.failures]))
  const truth = screened.get(baselineId)
  baseline.screens = truth !== undefined && truth !== null && sameFailures(truth, failures)
  if (!baseline.screens || truth === undefined || truth === null) return null
  const known = (candidate: Candidate): ParsedFailure[] => {
    const own = filesOf(candidate)
    return truth.filter((failure) => own.includes(testFileOf(failure) ?? ''))
  }
  const stuck: Comparison = { fixed: [], left: [], broken: ['(did not end)'], moved: false }
  return new Map(
    candidates.flatMap((candidate) => {
      const now = screened.get(candidate.id)
      if (now === undefined) return []
      return [[candidate.id, now === null ? stuck : compareFailures(known(candidate), now)]]
    }),
  )
}
