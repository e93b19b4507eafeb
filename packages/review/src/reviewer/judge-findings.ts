import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ReviewFinding } from '../change/review-finding.ts'
import type { SaidFinding } from './read-answer.ts'

/** Why findings of the reviewer are not shown, each with how many. */
export interface Dropped {
  /** Not in the form that was asked for. */
  malformed: number
  /** The quoted line stands nowhere in the file. */
  unanchored: number
  unsure: number
  /** Said by a rule or by another finding already. */
  repeated: number
  /** Beyond the number that is shown. */
  more: number
}

/** Below this nothing is said: a reader that is disturbed for nothing stops reading. */
const SURE = 0.7
const MOST = 12
/** Lines that a finding may be off. */
const NEAR = 3
const ORDER = ['critical', 'high', 'medium', 'low']

const plain = (line: string) => line.trim().replace(/\s+/gu, ' ')

/** The line where the quote stands: at the named one, near it, or where it stands alone in the file. */
function anchor(text: string, { line, quote }: SaidFinding): number | null {
  const wanted = plain(quote.split('\n').find((each) => each.trim() !== '') ?? '')
  if (wanted === '') return null
  const places = text.split('\n').flatMap((each, at) => (plain(each) === wanted ? [at + 1] : []))
  const near = places.toSorted((a, b) => Math.abs(a - line) - Math.abs(b - line))[0]
  if (near === undefined) return null
  return Math.abs(near - line) <= NEAR || places.length === 1 ? near : null
}

const words = (text: string) => new Set(text.toLowerCase().match(/[a-z]{4,}/gu) ?? [])

function alike(a: string, b: string): boolean {
  const [left, right] = [words(a), words(b)]
  const both = [...left].filter((word) => right.has(word)).length
  return both >= 0.5 * Math.min(left.size, right.size)
}

/** Keeps what is anchored, sure and new, the most severe first. `texts`: the files after the change. */
export function judgeFindings(
  said: readonly SaidFinding[],
  texts: ReadonlyMap<string, string>,
  known: readonly ReviewFinding[],
): { findings: (ReviewFinding & { patch: string | null })[]; dropped: Dropped } {
  const dropped: Dropped = { malformed: 0, unanchored: 0, unsure: 0, repeated: 0, more: 0 }
  const kept: (ReviewFinding & { patch: string | null })[] = []
  const ranked = said.toSorted(
    (a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.confidence - a.confidence,
  )
  for (const one of ranked) {
    const file = posix.normalize(one.file.replace(/^\.\//u, ''))
    const text = texts.get(file)
    const line = text === undefined ? null : anchor(text, one)
    if (text === undefined || line === null) {
      dropped.unanchored += 1
      continue
    }
    if (one.confidence < SURE) {
      dropped.unsure += 1
      continue
    }
    const near = (other: ReviewFinding) =>
      other.place.file === file && Math.abs(other.place.line - line) <= NEAR
    const repeats = [...known, ...kept].some(
      (other) => near(other) && alike(`${one.title} ${one.message}`, `${other.title} ${other.message}`),
    )
    if (repeats) {
      dropped.repeated += 1
      continue
    }
    if (kept.length >= MOST) {
      dropped.more += 1
      continue
    }
    const snippet = (text.split('\n')[line - 1] ?? '').trim()
    const name = `reviewer\n${file}\n${plain(snippet)}\n${[...words(one.title)].toSorted().join(' ')}`
    kept.push({
      rule: 'reviewer',
      cwe: 0,
      severity: one.severity,
      confidence: one.confidence >= 0.85 ? 'high' : 'medium',
      title: one.title,
      message: one.message,
      fix: one.patch ? 'See the patch.' : 'Look at it, and mend it or say why it is right.',
      place: { file, line, column: 1 },
      snippet: snippet.slice(0, 300),
      flow: [],
      fingerprint: createHash('sha256').update(name).digest('hex').slice(0, 32),
      evidence: [snippet.slice(0, 300)],
      patch: one.patch ?? null,
    })
  }
  return { findings: kept, dropped }
}
