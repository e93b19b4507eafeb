import { deriveClaims } from '../ledger/derive-claims.ts'
import type { Claim } from '../ledger/derive-claims.ts'
import type { Entry } from '../ledger/entry.ts'
import { contentWords, normalText } from '../ledger/words.ts'

/** One entry, prepared for comparing many sentences with it. */
export interface KnownEntry {
  entry: Entry
  live: boolean
  norm: string
  words: readonly string[]
  claims: readonly Claim[]
}

const JUDGED = new Set(['requirement', 'constraint', 'decision', 'assumption', 'rejected'])
const NEGATION =
  /\b(?:not|never|no|cannot|without|avoid\w*|forbid\w*|forbidden|prohibit\w*|untouched|unchanged|off[- ]limits|read-only|rejected|against|refus\w*|stop)\b|n't\b/i

export function knownEntries(entries: readonly Entry[]): KnownEntry[] {
  return entries
    .filter((entry) => JUDGED.has(entry.type))
    .map((entry) => ({
      entry,
      live: entry.status === 'current' || entry.status === 'unverified',
      norm: normalText(entry.text),
      words: [...new Set(contentWords(entry.text))],
      claims: deriveClaims(entry.text, entry.polarity),
    }))
}

export function isNegated(text: string): boolean {
  return NEGATION.test(text.replace(/’/g, "'"))
}

/** Share of an entry's words that a sentence has. */
export function shareOf(known: KnownEntry, words: ReadonlySet<string>): number {
  if (known.words.length === 0) return 0
  return known.words.filter((word) => words.has(word)).length / known.words.length
}
