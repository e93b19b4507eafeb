import { isStackLine, parseFrames } from './frames.ts'
import { tidyMessage, type ParsedFailure, type ParsedOutput } from './parsed-output.ts'

/** Output of mocha (spec reporter). */
export function parseMocha(text: string, roots: readonly string[]): ParsedOutput | null {
  const passing = /^ {2}(\d+) passing\b/m.exec(text)
  if (passing === null) return null
  const failing = /^ {2}(\d+) failing$/m.exec(text)
  const lines = failing === null ? [] : text.slice(failing.index).split('\n')
  const starts = lines.flatMap((line, index) => (/^ {2}\d+\) /.test(line) ? [index] : []))
  const failures = starts.map((start, order) =>
    toFailure(lines.slice(start, starts[order + 1] ?? lines.length), roots),
  )
  return { runner: 'mocha', passed: Number(passing[1]), failed: Number(failing?.[1] ?? 0), failures }
}

function toFailure(block: readonly string[], roots: readonly string[]): ParsedFailure {
  const colon = block.findIndex((line) => line.endsWith(':'))
  const title = block.slice(0, colon === -1 ? 1 : colon + 1)
  const names = title.map((line) => line.replace(/^ {2}\d+\) /, '').trim())
  const body = block.slice(title.length)
  const stack = body.findIndex(isStackLine)
  const frames = parseFrames(body.filter(isStackLine), roots)
  const file = frames.at(-1)?.file
  const path = names.map((name, index) => (index === names.length - 1 ? name.replace(/:$/, '') : name))
  return {
    id: [...(file === undefined ? [] : [file]), ...path].join(' > '),
    message: tidyMessage(stack === -1 ? body : body.slice(0, stack)),
    frames,
    test: null,
  }
}
