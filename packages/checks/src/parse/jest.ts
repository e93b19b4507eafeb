import { isStackLine, parseFrames, workspacePath } from './frames.ts'
import { tidyMessage, type ParsedFailure, type ParsedOutput } from './parsed-output.ts'

/** Output of jest (default reporter). */
export function parseJest(text: string, roots: readonly string[]): ParsedOutput | null {
  const summary = /^Tests: +(.*)$/m.exec(text)?.[1]
  if (summary === undefined || !/^Test Suites: /m.test(text)) return null
  const count = (name: string): number => Number(new RegExp(`(\\d+) ${name}`).exec(summary)?.[1] ?? 0)
  const failures: ParsedFailure[] = []
  const lines = text.split('\n')
  let file: string | null = null
  lines.forEach((line, index) => {
    const header = /^(?:FAIL|PASS) (?:\S+ )?(\S+\.[cm]?[jt]sx?)/.exec(line)
    if (header !== null) file = workspacePath(header[1] ?? '', roots)
    const title = /^ {2}● (.+)$/.exec(line)?.[1]
    if (title === undefined || file === null) return
    const end = lines.findIndex(
      (text, i) => i > index && /^ {2}● |^(?:FAIL|PASS) |^Test Suites: |^Summary of all/.test(text),
    )
    failures.push(toFailure(file, title, lines.slice(index + 1, end === -1 ? lines.length : end), roots))
  })
  const seen = new Set<string>()
  const once = failures.filter(
    (failure) => !seen.has(failure.id + failure.message) && seen.add(failure.id + failure.message),
  )
  return { runner: 'jest', passed: count('passed'), failed: count('failed') || once.length, failures: once }
}

function toFailure(
  file: string,
  title: string,
  block: readonly string[],
  roots: readonly string[],
): ParsedFailure {
  const code = block.findIndex((line) => /^\s*>? ?\d+ \|/.test(line) || isStackLine(line))
  const names = title === 'Test suite failed to run' ? [] : title.split(' › ')
  return {
    id: [file, ...names].join(' > '),
    message: tidyMessage(code === -1 ? block : block.slice(0, code)),
    frames: parseFrames(block.filter(isStackLine), roots),
    test: null,
  }
}
