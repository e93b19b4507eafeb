import type { ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt, sections } from './placed.ts'

interface GoEvent {
  Action?: unknown
  Output?: unknown
}

/** What `go test -json` wraps, as it would have been printed. */
function unwrapped(text: string): string {
  if (!/^\{.*"Action":/m.test(text)) return text
  return text
    .split('\n')
    .map((line) => {
      if (!line.startsWith('{')) return `${line}\n`
      try {
        const { Output } = JSON.parse(line) as GoEvent
        return typeof Output === 'string' ? Output : ''
      } catch {
        return ''
      }
    })
    .join('')
}

const DONE = /^(?:ok {2}|FAIL|\?   )\t(\S+)(?:\s|$)/m
const PLACE = /^\s*(\S+\.go):(\d+)(?::(\d+))?: ?(.*)$/

/** Output of `go test`, plain, verbose or as JSON. A package that does not build is a failure at each of its errors. */
export function parseGoTest(text: string, roots: readonly string[]): ParsedOutput | null {
  const plain = unwrapped(text)
  if (!DONE.test(plain) && !/^--- (?:FAIL|PASS): \w/m.test(plain)) return null
  // With -v a test speaks while it runs, before it is known to have failed.
  const spoken = new Map(
    sections(plain, /^=== (?:RUN|CONT|NAME) +(\S+)/, /^(?:=== |\s*--- |FAIL|ok|PASS)/).map(
      ({ head, lines }): [string, string[]] => [head[1] ?? '', lines],
    ),
  )
  const tests = sections(plain, /^\s*--- FAIL: (\S+) \(/, /^(?:FAIL|ok|PASS|panic: |\s*--- |=== )/).map(
    ({ head, lines: after }) => {
      const lines = [...(spoken.get(head[1] ?? '') ?? []), ...after]
      const frames = lines.map((line) => {
        const found = PLACE.exec(line)
        return found === null ? null : placeAt(found[1] ?? '', found[2], roots)
      })
      return failureOf(head[1] ?? '', lines, frames)
    },
  )
  // A test fails with its subtests; only the innermost says why.
  const own = tests.filter(({ id }) => !tests.some((other) => other.id.startsWith(`${id}/`)))
  const built = sections(plain, /^# (\S+)/, /^(?:FAIL|ok|\?)\s/).flatMap(({ lines }) =>
    lines.flatMap((line) => {
      const found = PLACE.exec(line)
      if (found === null) return []
      const [, file = '', at, column, message = ''] = found
      return [failureOf(`${file} ${message}`, [message], [placeAt(file, at, roots, { column })])]
    }),
  )
  const panics = sections(plain, /^panic: (.*)$/, /^FAIL\t/).map(({ head, lines }) => {
    const frames = lines.map((line) => {
      const found = /^\s+(\S+\.go):(\d+)/.exec(line)
      return found === null ? null : placeAt(found[1] ?? '', found[2], roots)
    })
    return failureOf(`panic: ${head[1] ?? ''}`, [head[1] ?? ''], frames)
  })
  // A test that panics says why in the panic.
  const failures = [
    ...own.filter(({ message }) => message !== '' || panics.length === 0),
    ...built,
    ...panics,
  ]
  const passed = [...plain.matchAll(/^\s*--- PASS: /gm)].length
  return { runner: 'go', passed: passed === 0 ? null : passed, failed: failures.length, failures }
}
