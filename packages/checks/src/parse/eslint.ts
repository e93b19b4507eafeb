import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt } from './placed.ts'

const TOTAL = /^✖ \d+ problems? \((\d+) errors?, \d+ warnings?\)/m
const PROBLEM = /^ +(\d+):(\d+) +(error|warning) +(.+?)(?: {2,}(\S+))?$/

/** ESLint's stylish output, and its JSON. Warnings do not fail. */
export function parseEslint(text: string, roots: readonly string[]): ParsedOutput | null {
  const failures: ParsedFailure[] = []
  const add = (file: string, line: string, column: string, message: string, rule: string | undefined) => {
    const place = placeAt(file, line, roots, { column })
    const said = rule === undefined ? message : `${rule}: ${message}`
    failures.push(failureOf(`${place?.file ?? file} ${said}`, [said], [place]))
  }
  const errors = TOTAL.exec(text)?.[1]
  if (errors !== undefined) {
    let file = ''
    for (const line of text.split('\n')) {
      const [, at = '', column = '', level, message = '', rule] = PROBLEM.exec(line) ?? []
      if (level === 'error') add(file, at, column, message, rule)
      else if (/^\S.*[./\\]/.test(line)) file = line.trim()
    }
    return { runner: 'eslint', passed: null, failed: Number(errors), failures }
  }
  if (!/^\[\{"filePath":/m.test(text)) return null
  for (const found of readJson(text))
    for (const { severity, line, column, message, ruleId } of found.messages)
      if (severity === 2) add(found.filePath, String(line), String(column), message, ruleId ?? undefined)
  return { runner: 'eslint', passed: null, failed: failures.length, failures }
}

interface FileReport {
  filePath: string
  messages: { severity: number; line: number; column: number; message: string; ruleId: string | null }[]
}

function readJson(text: string): FileReport[] {
  const line = text.split('\n').find((each) => each.startsWith('[{"filePath":')) ?? '[]'
  try {
    // The form of ESLint's JSON formatter, as its first words show.
    return JSON.parse(line) as FileReport[]
  } catch {
    return []
  }
}
