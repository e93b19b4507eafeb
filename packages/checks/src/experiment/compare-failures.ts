import type { ParsedFailure } from '../parse/parsed-output.ts'
import { isTestFile } from '../localize/is-test-file.ts'

/** What a candidate did to the failing tests of the baseline. */
export interface Comparison {
  fixed: string[]
  left: string[]
  broken: string[]
  /** A test that still fails got further: to a later line of the test, or past an error that was thrown. */
  moved: boolean
}

/** The line at which a test stopped. */
function reach(failure: ParsedFailure): number {
  return failure.frames.find((frame) => isTestFile(frame.file))?.line ?? failure.frames.at(-1)?.line ?? 0
}

function gotFurther(before: ParsedFailure, now: ParsedFailure): boolean {
  const [from, to] = [reach(before), reach(now)]
  if (to !== from) return to > from
  if (from === 0 && before.message !== now.message) return true
  const threw = (failure: ParsedFailure): boolean => !/assert|expected/i.test(failure.message)
  return threw(before) && !threw(now)
}

/** Compares two runs of the same tests. */
export function compareFailures(before: readonly ParsedFailure[], now: readonly ParsedFailure[]): Comparison {
  const known = new Map(before.map((failure) => [failure.id, failure]))
  const present = new Map(now.map((failure) => [failure.id, failure]))
  const left = before.filter((failure) => present.has(failure.id))
  return {
    fixed: before.filter((failure) => !present.has(failure.id)).map((failure) => failure.id),
    left: left.map((failure) => failure.id),
    broken: now.filter((failure) => !known.has(failure.id)).map((failure) => failure.id),
    moved: left.some((failure) => {
      const again = present.get(failure.id)
      return again !== undefined && gotFurther(failure, again)
    }),
  }
}
