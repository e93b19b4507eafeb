import type { Severity } from '../audit/models/model.ts'
import type { Advisory } from './advisory.ts'

const WEIGHT: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
}
const PRIVILEGES: Readonly<Record<string, readonly [unchanged: number, changed: number]>> = {
  N: [0.85, 0.85],
  L: [0.62, 0.68],
  H: [0.27, 0.5],
}

/** Rounds up to one decimal, as CVSS 3.1 (appendix A) says it. */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000)
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10
}

/** The base score of a CVSS 3.0 or 3.1 vector, 0 to 10 (FIRST, CVSS v3.1 specification, section 7.1); null where it is none. */
export function cvssScore(vector: string): number | null {
  if (!/^CVSS:3\.[01]\//.test(vector)) return null
  const metrics = new Map(
    vector.split('/').map((part): [string, string] => [part.split(':')[0] ?? '', part.split(':')[1] ?? '']),
  )
  const of = (name: string) => WEIGHT[name]?.[metrics.get(name) ?? '']
  const changed = metrics.get('S') === 'C'
  const privileges = PRIVILEGES[metrics.get('PR') ?? '']?.[changed ? 1 : 0]
  const [av, ac, ui, c, i, a] = ['AV', 'AC', 'UI', 'C', 'I', 'A'].map(of)
  if ([av, ac, ui, c, i, a, privileges].includes(undefined)) return null
  const base = 1 - (1 - (c ?? 0)) * (1 - (i ?? 0)) * (1 - (a ?? 0))
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base
  if (impact <= 0) return 0
  const exploitability = 8.22 * (av ?? 0) * (ac ?? 0) * (privileges ?? 0) * (ui ?? 0)
  return roundUp(Math.min(10, (impact + exploitability) * (changed ? 1.08 : 1)))
}

const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
}

/** Severity of an advisory: by the score of its vector, else the word of its database, else medium. */
export function severityOf({ severity: { vector, word } }: Advisory): {
  severity: Severity
  score: number | null
} {
  const score = vector === null ? null : cvssScore(vector)
  if (score !== null)
    return { severity: score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low', score }
  return { severity: WORDS[(word ?? '').toLowerCase()] ?? 'medium', score: null }
}
