import type { Frame, ParsedFailure } from '../parse/parsed-output.ts'
import { isTestFile } from './is-test-file.ts'
import type { LineScore } from './spectrum.ts'

/** What a place on the stack of an error adds, innermost frame first: the fault is near, but often its caller's. */
const frameWeights = [0.4, 0.25, 0.15, 0.08]

/** A `throw` that was reached says that something is wrong before it, not in it. */
const thrownFactor = 0.3

/** Combines the spectrum with the stacks of thrown errors. Test files are left out. Highest first, ties by position. */
export function rankLines(
  spectrum: readonly LineScore[],
  failures: readonly ParsedFailure[],
  isThrow: (frame: Frame) => boolean,
): LineScore[] {
  const scores = new Map<string, LineScore>()
  for (const entry of spectrum)
    if (!isTestFile(entry.file)) scores.set(`${entry.file}:${entry.line}`, { ...entry })
  for (const failure of failures) {
    const frames = failure.frames.filter((frame) => !isTestFile(frame.file)).slice(0, frameWeights.length)
    const factor = frames[0] !== undefined && isThrow(frames[0]) ? thrownFactor : 1
    frames.forEach((frame, index) => {
      const key = `${frame.file}:${frame.line}`
      const known = scores.get(key) ?? { file: frame.file, line: frame.line, score: 0.3 }
      scores.set(key, { ...known, score: known.score + factor * (frameWeights[index] ?? 0) })
    })
  }
  const top = Math.max(1, ...[...scores.values()].map((entry) => entry.score))
  return [...scores.values()]
    .map((entry) => ({ ...entry, score: Math.round((entry.score / top) * 100) / 100 }))
    .sort((a, b) => b.score - a.score || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
}
