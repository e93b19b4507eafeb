import { parseFrames } from './frames.ts'
import { crashMessage } from './node-spec.ts'
import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'

const named = /^\s*(?:[✗✘×✖]|not ok|FAIL(?:ED)?\b:?|\[FAIL(?:ED)?\])\s+(\S.*)$/u

/**
 * Any other command: lines that name failing cases, else one failure for the whole run with what was thrown. The id of
 * the latter does not depend on the message, because a script stops at its first error.
 */
export function parseScript(text: string, roots: readonly string[], exit: number | null): ParsedOutput {
  if (exit === 0) return { runner: 'script', passed: null, failed: null, failures: [] }
  const lines = text.split('\n')
  const failures = lines.flatMap((line, index): ParsedFailure[] => {
    const name = named.exec(line)?.[1]
    if (name === undefined) return []
    const end = lines.findIndex((text, i) => i > index && (!/^\s{2,}\S/.test(text) || named.test(text)))
    const block = lines.slice(index + 1, end === -1 ? lines.length : end)
    const [title = '', ...rest] = name.split(/: | - /)
    return [
      {
        id: title.trim(),
        message: [...rest, ...block].join('\n').trim(),
        frames: parseFrames(block, roots),
        test: null,
      },
    ]
  })
  if (failures.length > 0) return { runner: 'script', passed: null, failed: failures.length, failures }
  const frames = parseFrames(lines, roots)
  const message =
    exit === null ? 'the command did not end in time' : crashMessage(lines) || `exit code ${exit}`
  return {
    runner: 'script',
    passed: null,
    failed: 1,
    failures: [{ id: '(run)', message, frames, test: null }],
  }
}
