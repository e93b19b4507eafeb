import type { WeighedTerm } from './weigh-terms.ts'
import { indexTerms } from './tokenise.ts'

/** A stretch that may answer a query. */
export interface Candidate<T> {
  text: string
  origin: T
  /** Added for the voice it has, as a share of the best term's weight. */
  bonus: number
}

export interface Ranked<T> {
  origin: T
  text: string
  score: number
  /** Where in the text the best sentence or line begins. */
  at: number
}

const MAX_SEGMENT = 400
/** Sentences and lines whose other words are looked up: those that hold most of the query. */
const LOOKED_AT = 80
const WORDS = 12
/** A definition says more of a name than its uses, an error line more than the rest of a log. */
const DEFINES = /\b(?:function|class|interface|type|def|func|struct|enum)\s+[A-Za-z_$]/
const FAILS = /\b(?:error|fail(?:ed|ure)?|fatal|panic|exception)\b|[a-z]Error\b/i

/**
 * Orders stretches by their best sentence or line: how much of the query it holds, weighed by rarity, and how telling
 * its other words are. Lines of logs that name a thing a hundred times say nothing of it; the one sentence that states
 * something about it has words that are nowhere else.
 */
export function rankPassages<T>(
  candidates: readonly Candidate<T>[],
  terms: readonly WeighedTerm[],
  weightOf: (term: string) => number,
): Ranked<T>[] {
  const cache = new Map<string, string>()
  const top = Math.max(...terms.map((term) => term.weight), 0.001)
  const wanted = new Map(terms.map(({ term, weight }) => [term, weight]))
  const heads = terms.map(({ term }) => term.slice(0, Math.max(3, term.length - 1)))
  const found = candidates.flatMap(({ text, origin, bonus }) => {
    const whole = new Set<string>()
    let best = { at: 0, held: 0, others: [] as string[] }
    for (const [at, segment] of segmentsOf(text)) {
      const lower = segment.toLowerCase()
      if (!heads.some((head) => lower.includes(head))) continue
      const words = new Set(indexTerms(segment, cache).split(' '))
      let held = 0
      for (const word of words) {
        const weight = wanted.get(word)
        if (weight === undefined) continue
        held += weight
        whole.add(word)
      }
      if (DEFINES.test(segment)) held *= 1.15
      else if (FAILS.test(segment)) held *= 1.05
      if (held > best.held)
        best = { at, held, others: [...words].filter((word) => word.length > 2 && !wanted.has(word)) }
    }
    if (best.held === 0) return []
    let all = 0
    for (const word of whole) all += wanted.get(word) ?? 0
    return [
      {
        origin,
        text,
        at: best.at,
        others: best.others,
        score: best.held + 0.3 * (all - best.held) + bonus * top,
      },
    ]
  })
  found.sort((a, b) => b.score - a.score)
  const known = new Map<string, number>()
  return found
    .map(({ others, ...rest }, index) => ({
      ...rest,
      score: rest.score + (index < LOOKED_AT ? 0.6 * top * telling(others, known, weightOf) : 0),
    }))
    .sort((a, b) => b.score - a.score)
}

/** From 0 to 1: how rare the rarest words of a line are. */
function telling(
  words: readonly string[],
  known: Map<string, number>,
  weightOf: (term: string) => number,
): number {
  const weights = words.slice(0, WORDS * 2).map((word) => {
    let weight = known.get(word)
    if (weight === undefined) known.set(word, (weight = weightOf(word)))
    return weight
  })
  const best = weights.sort((a, b) => b - a).slice(0, 4)
  return best.reduce((sum, weight) => sum + weight, 0) / 4
}

/** Lines, and sentences of long lines, with where they begin. */
function* segmentsOf(text: string): Generator<[number, string]> {
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    if (end - start <= MAX_SEGMENT) yield [start, text.slice(start, end)]
    else {
      let from = start
      for (const match of text.slice(start, end).matchAll(/[.!?;]+\s+/g)) {
        const to = start + match.index + match[0].length
        yield [from, text.slice(from, to)]
        from = to
      }
      yield [from, text.slice(from, end)]
    }
    start = end + 1
  }
}
