import { importClosure } from '../localize/import-closure.ts'
import type { Baseline, Bench, Slot } from '../bench.ts'
import type { ParsedFailure } from '../parse/parsed-output.ts'
import { runCommand, type CommandRun } from '../run-check.ts'

/** What all candidates of one experiment share. */
export interface Trial {
  bench: Bench
  command: string
  baseline: Baseline
  /** Longest quick run that came to its end, in ms: what a run that does not end is measured by. */
  longest: number | null
  signal: AbortSignal | undefined
}

/** The test file that a failure belongs to; null where its id names none. */
export function testFileOf(failure: ParsedFailure): string | null {
  return failure.test?.file ?? /^\S+\.[cm]?[jt]sx?$/.exec(failure.id.split(' > ')[0] ?? '')?.[0] ?? null
}

/** Failing test files that can be affected by a change of these paths. */
export function affected(trial: Trial, paths: readonly string[]): string[] {
  const files = new Set(trial.baseline.run.parsed.failures.map(testFileOf).filter((file) => file !== null))
  const reaches = (test: string): boolean => {
    const reached = trial.bench.reached.get(test) ?? new Set(importClosure(trial.bench.root, test).keys())
    return reached.size <= 1 || paths.some((path) => reached.has(path))
  }
  const own = [...files].filter(reaches)
  return (own.length > 0 ? own : [...files]).sort()
}

/** Runs a command in a slot. */
export function runIn(trial: Trial, slot: Slot, command: string, timeoutMs: number): Promise<CommandRun> {
  const { bench, signal } = trial
  return runCommand({
    command,
    cwd: bench.root,
    root: bench.root,
    terminal: bench.terminal,
    overlay: slot.folder,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
}
