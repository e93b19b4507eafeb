import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Slot } from '../bench.ts'
import type { ParsedFailure } from '../parse/parsed-output.ts'
import type { CommandRun } from '../run-check.ts'
import { applyEdits, type Candidate } from './candidate.ts'
import { compareFailures } from './compare-failures.ts'
import { crashMark, quickCommand } from './quick-command.ts'
import type { Verdict } from './report.ts'
import { affected, runIn, testFileOf, type Trial } from './trial.ts'

/**
 * Applies a candidate in a slot, runs it, and puts the slot back.
 *
 * @param screened the candidate gained in a screen, so the whole check follows at once
 */
export async function tryCandidate(
  trial: Trial,
  slot: Slot,
  candidate: Candidate,
  screened = false,
): Promise<Verdict> {
  const verdict = (state: Verdict['state'], fixed: string[] = [], broken: string[] = []): Verdict => ({
    id: candidate.id,
    state,
    fixed,
    broken,
  })
  const originals = new Map<string, string>()
  try {
    for (const path of new Set(candidate.edits.map((edit) => edit.path))) {
      const file = join(slot.folder, path)
      const text = readFileSync(file, 'utf8')
      const changed = applyEdits(
        text,
        candidate.edits.filter((edit) => edit.path === path),
      )
      if (changed === null || changed === text) return verdict('invalid')
      originals.set(file, text)
      writeFileSync(file, changed)
    }
    const quick = screened ? null : await runQuick(trial, slot, candidate)
    if (quick !== null && quick.fixed.length === 0)
      return verdict(quick.moved && quick.broken.length === 0 ? 'moved' : 'refuted', [], quick.broken)
    const whole = await runWhole(trial, slot)
    if (whole.ok)
      return verdict(
        'green',
        trial.baseline.run.parsed.failures.map((failure) => failure.id),
      )
    const result = compareFailures(trial.baseline.run.parsed.failures, whole.parsed.failures)
    if (result.broken.length > 0 || whole.exit === null)
      return verdict('refuted', result.fixed, result.broken)
    if (result.fixed.length > 0) return verdict('better', result.fixed)
    return verdict(result.moved ? 'moved' : 'refuted')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR'))
      return verdict('invalid')
    throw error
  } finally {
    for (const [file, text] of originals) writeFileSync(file, text)
  }
}

/** Result of the failing test files alone, against their own baseline; null where the check cannot be taken apart. */
async function runQuick(
  trial: Trial,
  slot: Slot,
  candidate: Candidate,
): Promise<ReturnType<typeof compareFailures> | null> {
  const { bench, baseline } = trial
  const files = affected(
    trial,
    candidate.edits.map((edit) => edit.path),
  )
  const command = quickCommand(trial.command, bench.root, baseline.run.parsed.runner, files)
  if (command === null) return null
  const known = baseline.run.parsed.failures.filter(
    (failure) => files.length === 0 || files.includes(testFileOf(failure) ?? ''),
  )
  const first = baseline.run.timedOut ? 3_000 : Math.min(baseline.run.durationMs * 4 + 1_000, 60_000)
  const limit = trial.longest === null ? first : Math.min(first, trial.longest * 4 + 800)
  const run = await runIn(trial, slot, command, limit)
  if (run.exit !== null) trial.longest = Math.max(trial.longest ?? 0, run.durationMs)
  if (run.ok) return { fixed: known.map((failure) => failure.id), left: [], broken: [], moved: true }
  if (run.exit === null) return { fixed: [], left: [], broken: ['(did not end)'], moved: false }
  return compareFailures(known, withCrashes(run, files, known))
}

/**
 * Failures of a quick run, with files that ended without naming any: Node's runner would name the file, but it is not
 * there to do so. Such a file stands for all of its tests that failed before.
 */
function withCrashes(
  run: CommandRun,
  files: readonly string[],
  known: readonly ParsedFailure[],
): ParsedFailure[] {
  const named = run.parsed.failures.filter(
    (failure) => failure.id !== '(run)' || known.some((each) => each.id === '(run)'),
  )
  const ended =
    files.length === 1 ? files : files.filter((file) => run.text.includes(`${crashMark}${file}\n`))
  const silent = ended.filter((file) => !named.some((failure) => testFileOf(failure) === file))
  const crash = run.parsed.failures.find((failure) => failure.id === '(run)')
  return [...named, ...silent.flatMap((file) => crashOf(file, crash, known))]
}

function crashOf(
  file: string,
  crash: ParsedFailure | undefined,
  known: readonly ParsedFailure[],
): ParsedFailure[] {
  const own = known.filter((failure) => testFileOf(failure) === file)
  const crashed = own.some((failure) => failure.id === file)
  const error = { message: crash?.message ?? '', frames: crash?.frames ?? [], test: null }
  if (crashed) return [{ ...error, id: file }]
  return [...own, { ...error, id: file }]
}

/** The whole check, in the copy that holds the candidate. */
async function runWhole(trial: Trial, slot: Slot): Promise<CommandRun> {
  const limit = trial.baseline.run.timedOut ? 30_000 : trial.baseline.run.durationMs * 4 + 15_000
  return runIn(trial, slot, trial.command, limit)
}
