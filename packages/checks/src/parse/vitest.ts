import { parseFrames } from './frames.ts'
import { tidyMessage, type ParsedFailure, type ParsedOutput } from './parsed-output.ts'

const rule = /^⎯{4,}/

function count(text: string, name: string): number | null {
  const found = new RegExp(`^ +Tests +.*?(\\d+) ${name}`, 'm').exec(text)
  return found === null ? null : Number(found[1])
}

/** Output of vitest (default reporter). Its order of streams does not matter. */
export function parseVitest(text: string, roots: readonly string[]): ParsedOutput | null {
  if (!/^ +Test Files +/m.test(text)) return null
  const lines = text.split('\n')
  const failures: ParsedFailure[] = []
  let names: string[] = []
  lines.forEach((line, index) => {
    const header = /^ FAIL {2}(?:\|[^|]*\| )?(.+)$/.exec(line)?.[1]
    if (header === undefined) return
    names.push(header)
    if (lines[index + 1]?.startsWith(' FAIL  ') === true) return
    const end = lines.findIndex((text, i) => i > index && (rule.test(text) || text.startsWith(' FAIL  ')))
    const block = lines.slice(index + 1, end === -1 ? lines.length : end)
    for (const name of names) failures.push(toFailure(name, block, roots))
    names = []
  })
  return {
    runner: 'vitest',
    passed: count(text, 'passed') ?? 0,
    failed: count(text, 'failed') ?? failures.length,
    failures,
  }
}

function toFailure(header: string, block: readonly string[], roots: readonly string[]): ParsedFailure {
  const id = header.replace(/ \[ .* \]$/, '')
  const stack = block.findIndex((line) => line.startsWith(' ❯ '))
  const frames = parseFrames(
    block
      .filter((line) => line.startsWith(' ❯ '))
      .map((line) => line.slice(3).replace(/^(\S+) (\S+)$/, '$1 ($2)')),
    roots,
  )
  return { id, message: tidyMessage(stack === -1 ? block : block.slice(0, stack)), frames, test: null }
}
