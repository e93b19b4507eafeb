import { workspacePath } from './frames.ts'
import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'

const plain = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/
const pretty = /^(.+?):(\d+):(\d+) - error (TS\d+): (.*)$/

/** Diagnostics of the TypeScript compiler, plain or pretty. The id names file, code and text, not the line. */
export function parseTsc(text: string, roots: readonly string[]): ParsedOutput | null {
  const failures = text.split('\n').flatMap((line): ParsedFailure[] => {
    const found = plain.exec(line) ?? pretty.exec(line)
    if (found === null) return []
    const file = workspacePath(found[1] ?? '', roots) ?? found[1] ?? ''
    const message = `${found[4]}: ${found[5]}`
    const frame = { file, line: Number(found[2]), column: Number(found[3]), fn: null }
    return [{ id: `${file} ${message}`, message, frames: [frame], test: null }]
  })
  return failures.length === 0 ? null : { runner: 'tsc', passed: null, failed: failures.length, failures }
}
