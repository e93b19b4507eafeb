import type { ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt, sections } from './placed.ts'

const FILE = /^\s*File "(.+)", line (\d+)(?:, in (.+))?$/

/** Output of Python's unittest, and of what is built on it. */
export function parseUnittest(text: string, roots: readonly string[]): ParsedOutput | null {
  const ran = [...text.matchAll(/^Ran (\d+) tests? in [\d.]+s$/gm)]
  if (ran.length === 0) return null
  const failures = sections(text, /^(?:FAIL|ERROR): (\S+)(?: \((.+?)\))?/, /^={20,}$|^Ran \d+ tests?/).map(
    ({ head, lines }) => {
      const [, name = '', where = ''] = head
      const frames = lines.flatMap((line) => {
        const found = FILE.exec(line)
        return found === null ? [] : [placeAt(found[1] ?? '', found[2], roots, { fn: found[3] })]
      })
      const stated = lines.filter((line) => /^\S/.test(line) && !/^-{5,}$|^Traceback/.test(line))
      const id = where === '' || where.endsWith(`.${name}`) ? where || name : `${where}.${name}`
      return failureOf(id, stated, frames.toReversed())
    },
  )
  const total = ran.reduce((sum, [, number]) => sum + Number(number), 0)
  const skipped = [...text.matchAll(/skipped=(\d+)/g)].reduce((sum, [, number]) => sum + Number(number), 0)
  const passed = Math.max(0, total - failures.length - skipped)
  return { runner: 'unittest', passed, failed: failures.length, failures }
}
