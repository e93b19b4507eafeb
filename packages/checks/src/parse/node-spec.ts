import { isStackLine, parseFrames, workspacePath } from './frames.ts'
import { tidyMessage, type Frame, type ParsedFailure, type ParsedOutput } from './parsed-output.ts'

const treeLine = /^((?: {2})*)([▶✔✖﹣⚠]) (.*?)(?: \(\d[\d.]*ms\))?(?: # .*)?$/u
const place = /^test at (.+):(\d+):\d+$/

/** Names of failing leaves, outermost first, in the order in which the spec reporter prints them. */
function failingPaths(lines: readonly string[]): string[][] {
  const open: string[] = []
  const failing: string[][] = []
  for (const line of lines) {
    const found = treeLine.exec(line)
    if (found === null) continue
    const depth = (found[1] ?? '').length / 2
    const [mark, name] = [found[2], found[3] ?? '']
    const closes = open.length === depth + 1 && open[depth] === name
    open.length = Math.min(open.length, depth)
    if (mark === '▶' && !closes) open[depth] = name
    // A group that failed by itself (a hook) is listed as failing too; which of both it was, the last section tells.
    if (mark === '✖') failing.push([...open.slice(0, depth), name])
  }
  return failing
}

/** Sum of a counter over all summaries in the output (one for each package of a workspace run). */
function counter(text: string, name: string): number | null {
  const found = [...text.matchAll(new RegExp(`^[ℹ#] ${name} (\\d+)$`, 'gmu'))]
  return found.length === 0 ? null : found.reduce((sum, match) => sum + Number(match[1]), 0)
}

/** Output of `node --test` with the spec reporter (Node 20 and later). */
export function parseNodeSpec(text: string, roots: readonly string[]): ParsedOutput | null {
  const passed = counter(text, 'pass')
  const failed = counter(text, 'fail')
  if (passed === null || failed === null || !text.includes('ℹ ')) return null
  const lines = text.split('\n')
  const failures: ParsedFailure[] = []
  let from = 0
  while (from < lines.length) {
    const header = lines.indexOf('✖ failing tests:', from)
    if (header === -1) break
    const paths = failingPaths(lines.slice(from, header))
    const next = lines.findIndex((line, index) => index > header && line.startsWith('ℹ tests '))
    const end = next === -1 ? lines.length : next
    failures.push(...failingSection(lines.slice(header + 1, end), paths, roots))
    from = end
  }
  const crashes = findCrashes(lines, roots)
  return { runner: 'node', passed, failed, failures: failures.map((failure) => withCrash(failure, crashes)) }
}

function failingSection(
  lines: readonly string[],
  paths: string[][],
  roots: readonly string[],
): ParsedFailure[] {
  const starts = lines.flatMap((line, index) => (place.test(line) ? [index] : []))
  let cursor = 0
  return starts.map((start, order) => {
    const block = lines.slice(start, starts[order + 1] ?? lines.length)
    const at = place.exec(block[0] ?? '')
    const name = /^✖ (.*?)(?: \(\d[\d.]*ms\))?$/.exec(block[1] ?? '')?.[1] ?? '(unnamed)'
    const index = paths.findIndex((path, i) => i >= cursor && path.at(-1) === name)
    const path = index === -1 ? [name] : (paths[index] ?? [name])
    if (index !== -1) cursor = index + 1
    const file = workspacePath(at?.[1] ?? '', roots)
    return {
      id: testId(file, path, roots),
      message: errorMessage(block.slice(2)),
      frames: parseFrames(block.slice(2), roots),
      test: file === null ? null : { file, line: Number(at?.[2]) },
    }
  })
}

/** File and names joined; a test that is the file itself is named by the file alone. */
export function testId(file: string | null, names: readonly string[], roots: readonly string[]): string {
  if (file === null) return names.join(' > ')
  const rest = names.filter((name, index) => !(index === 0 && workspacePath(name, roots) === file))
  return [file, ...rest].join(' > ')
}

function errorMessage(lines: readonly string[]): string {
  const end = lines.findIndex((line) => isStackLine(line) || /^ {4}[\w[].*\{$/.test(line))
  return tidyMessage(end === -1 ? lines : lines.slice(0, end))
}

interface Crash {
  file: string
  message: string
  frames: Frame[]
}

/** Errors that ended a test file outside any test: printed raw, before the line of the file. */
function findCrashes(lines: readonly string[], roots: readonly string[]): Crash[] {
  return lines.flatMap((line, index) => {
    const name = /^✖ (\S+\.[cm]?[jt]sx?) \(/.exec(line)?.[1]
    const file = name === undefined ? null : workspacePath(name, roots)
    if (file === null) return []
    const before = lines.slice(0, index)
    const start = before.findLastIndex((text) => /^[▶✔✖ℹ]|^ {2,}[✔✖]/.test(text)) + 1
    const raw = before.slice(start).filter((text) => !text.startsWith('Node.js v'))
    if (raw.every((text) => text.trim() === '')) return []
    return [{ file, message: crashMessage(raw), frames: parseFrames(raw, roots) }]
  })
}

/** The error line and what follows it, out of the text that Node prints for an uncaught error. */
export function crashMessage(lines: readonly string[]): string {
  const error = lines.findIndex((line) => /^(?:Uncaught )?[\w.]*(?:Error|Exception)\b.*:?/.test(line))
  const rest = error === -1 ? lines : lines.slice(error)
  const stack = rest.findIndex(isStackLine)
  return tidyMessage((stack === -1 ? rest : rest.slice(0, stack)).slice(0, 30))
}

function withCrash(failure: ParsedFailure, crashes: readonly Crash[]): ParsedFailure {
  const crash = failure.frames.length === 0 ? crashes.find((each) => each.file === failure.id) : undefined
  return crash === undefined ? failure : { ...failure, message: crash.message, frames: crash.frames }
}
