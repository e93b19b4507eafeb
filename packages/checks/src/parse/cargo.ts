import type { ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt, sections } from './placed.ts'

const RESULT = /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed;/gm
const PANIC = /panicked at (?:'[\s\S]*?', )?(\S+?\.rs):(\d+):(\d+)/

/** Output of `cargo test` and of compiler errors before it. */
export function parseCargo(text: string, roots: readonly string[]): ParsedOutput | null {
  const results = [...text.matchAll(RESULT)]
  const broken = sections(text, /^error(?:\[(E\d+)\])?: (.+)$/, /^$/).flatMap(({ head, lines }) => {
    const place = lines
      .map((line) => /^\s*--> (\S+?):(\d+):(\d+)$/.exec(line))
      .find((found) => found !== null)
    if (place === undefined) return []
    const [, file = '', line, column] = place
    const message = `${head[1] === undefined ? '' : `${head[1]}: `}${head[2] ?? ''}`
    return [failureOf(`${file} ${message}`, [message], [placeAt(file, line, roots, { column })])]
  })
  if (results.length === 0 && broken.length === 0) return null
  const tests = sections(text, /^---- (\S+) stdout ----$/, /^failures:$/).map(({ head, lines }) => {
    const panic = PANIC.exec(lines.join('\n'))
    const trace = lines.findIndex((line) => line.startsWith('stack backtrace:'))
    const stated = lines
      .slice(0, trace === -1 ? lines.length : trace)
      .filter((line) => line.trim() !== '' && !line.startsWith('note: '))
    return failureOf(head[1] ?? '', stated, [
      panic === null ? null : placeAt(panic[1] ?? '', panic[2], roots, { column: panic[3] }),
    ])
  })
  const sum = (at: number) => results.reduce((all, found) => all + Number(found[at]), 0)
  const failures = [...tests, ...broken]
  return {
    runner: 'cargo',
    passed: results.length === 0 ? null : sum(1),
    failed: results.length === 0 ? broken.length : Math.max(sum(2), failures.length),
    failures,
  }
}
