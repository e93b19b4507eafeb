import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt, sections } from './placed.ts'

const SUMMARY =
  /^(?:=+ )?((?:\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected|warnings?)(?:, )?)+) in [\d.]+s/m
const SHORT = /^(FAILED|ERROR) (\S+?)(?:::(\S.*?))?(?: - (.*))?$/
const PLACE = /^(\S[^:]*\.py):(\d+): (.*)$/

const count = (summary: string, what: RegExp) => Number(what.exec(summary)?.[1] ?? 0)

/** Output of pytest, quiet or not. The id is the node id. */
export function parsePytest(text: string, roots: readonly string[]): ParsedOutput | null {
  const summary = SUMMARY.exec(text)?.[1]
  const bare = /^no tests ran in [\d.]+s|^=+ no tests ran in/m.test(text)
  if (summary === undefined && !bare) return null
  const told = new Map(
    sections(text, /^_{3,} (?:ERROR (?:at \w+ of|collecting) )?(.+?) _{3,}$/, /^={3,} /).map(
      ({ head, lines }) => [(head[1] ?? '').replace(/\[.*$/u, ''), lines],
    ),
  )
  const failures = text.split('\n').flatMap((line): ParsedFailure[] => {
    const [, , file = '', name, said = ''] = SHORT.exec(line) ?? []
    if (file === '') return []
    const id = name === undefined ? file : `${file}::${name}`
    const lines = told.get((name ?? file).replaceAll('::', '.').replace(/\[.*$/u, '')) ?? []
    const stated = lines.filter((each) => /^E {3}/.test(each)).map((each) => each.slice(4))
    const frames = lines.flatMap((each) => {
      const found = PLACE.exec(each)
      return found === null ? [] : [placeAt(found[1] ?? '', found[2], roots)]
    })
    return [failureOf(id, stated.length > 0 ? stated : [said], frames.toReversed())]
  })
  if (summary === undefined) return { runner: 'pytest', passed: 0, failed: 0, failures }
  const failed = count(summary, /(\d+) failed/) + count(summary, /(\d+) errors?/)
  return { runner: 'pytest', passed: count(summary, /(\d+) passed/), failed, failures }
}
