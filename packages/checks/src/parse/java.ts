import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt, sections } from './placed.ts'

const TOTAL = /Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)\s*$/gm
const MAVEN = /^\[ERROR\] {3}(?:[\w$.]+\.)?([\w$]+)[.>]([\w$]+)(?::(\d+))?(?:->\S+)?(?:[: »] ?)(.*)$/
const COMPILER = /^\[ERROR\] (\/\S+\.(?:java|kt)):\[(\d+),(\d+)\] (.*)$/
const GRADLE = /^(\S+) > (.+?) FAILED$/

const maven = (text: string, roots: readonly string[]): ParsedOutput | null => {
  const totals = [...text.matchAll(TOTAL)]
  const last = totals.at(-1)
  const lines = text.split('\n')
  const compiled = lines.flatMap((line): ParsedFailure[] => {
    const [, file, at, column, message = ''] = COMPILER.exec(line) ?? []
    if (file === undefined) return []
    const place = placeAt(file, at, roots, { column })
    return [failureOf(`${place?.file ?? file} ${message}`, [message], [place])]
  })
  if (last === undefined && compiled.length === 0) return null
  const tests = lines.flatMap((line): ParsedFailure[] => {
    const [, type, method, at, message = ''] = MAVEN.exec(line) ?? []
    if (type === undefined || method === undefined) return []
    const name = `${type}.${method}`
    return [failureOf(name, [at === undefined ? message : `${message} (line ${at})`])]
  })
  const [, run = 0, failed = 0, errors = 0, skipped = 0] = (last ?? []).map(Number)
  const bad = failed + errors
  return {
    runner: 'maven',
    passed: last === undefined ? null : run - bad - skipped,
    failed: Math.max(bad, compiled.length),
    failures: [...tests, ...compiled],
  }
}

const gradle = (text: string, roots: readonly string[]): ParsedOutput | null => {
  const [, all, failed] = /^(\d+) tests? completed, (\d+) failed/m.exec(text) ?? []
  if (all === undefined || failed === undefined) return null
  const failures = sections(text, GRADLE, /^$|^\S/).map(({ head, lines }) => {
    const place = /at (\w+\.(?:java|kt|groovy)):(\d+)/.exec(lines.join('\n'))
    return failureOf(`${head[1] ?? ''}.${head[2] ?? ''}`, lines, [
      place === null ? null : placeAt(place[1] ?? '', place[2], roots),
    ])
  })
  return { runner: 'gradle', passed: Number(all) - Number(failed), failed: Number(failed), failures }
}

/** Output of Maven's surefire or of Gradle. */
export const parseJava = (text: string, roots: readonly string[]): ParsedOutput | null =>
  maven(text, roots) ?? gradle(text, roots)
