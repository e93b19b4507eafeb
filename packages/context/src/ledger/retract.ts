import { closeEntry, putInForce } from './add-entry.ts'
import type { Draft } from './draft.ts'
import { AUTHORITY_RANK } from './entry.ts'
import type { Entry, EntryType } from './entry.ts'
import { currentEntries } from './ledger-state.ts'
import type { LedgerState } from './ledger-state.ts'
import { contentWords } from './words.ts'

const BINDING: ReadonlySet<EntryType> = new Set(['constraint', 'requirement', 'decision', 'assumption'])
const CUE_WORDS = new Set(
  contentWords(
    'forget ignore disregard drop mind scrap cancel lift lifted remove withdraw withdrawn waive waived applies apply needed required necessary matters holds relevant force void cancelled canceled obsolete dropped revoked requirement constraint limit restriction instruction statement preference setting policy previous original old former first initial restore reinstate revert return switch change rule have you longer apply matter hold stand earlier what said say ask asked want wanted',
  ),
)

/** ", it no longer applies": after the topic. */
const AFTERTHOUGHT = /(?<=\b(?:about|that|rule|constraint|requirement|limit)\b.*)[,;:(—–].*$/is

/** What a retraction or restoration talks about: its words without those that only say that it is one. */
function topic(text: string): string[] {
  return [...new Set(contentWords(text))].filter((word) => !CUE_WORDS.has(word))
}

/** Share of the topic that an entry mentions. */
function overlap(words: readonly string[], entry: Entry): number {
  if (words.length === 0) return 0
  const theirs = new Set([...contentWords(entry.text), ...(entry.key ?? '').split(/[:@\-_/]/)])
  return words.filter((word) => theirs.has(word)).length / words.length
}

/**
 * Ends the entry that a retraction names, and puts back what that entry had ended on behalf of weaker voices.
 * Null where nothing fits well enough; the statement then stands beside the others.
 */
export function retract(state: LedgerState, text: string, by: string): Entry | null {
  const words = topic(text.replace(AFTERTHOUGHT, ''))
  let best: Entry | null = null
  // A short topic has to be met in full: "the grandith port" is not the port of something else.
  let score = words.length <= 5 ? 0.99 : 0.75
  for (const entry of currentEntries(state)) {
    if (!BINDING.has(entry.type) || AUTHORITY_RANK[entry.authority] < AUTHORITY_RANK.user) continue
    const own = overlap(words, entry)
    if (own > score || (own === score && (best === null || entry.validFrom >= best.validFrom)))
      [best, score] = [entry, own]
  }
  if (!best) return null
  closeEntry(state, best, 'void', by)
  for (const id of best.supersedes) {
    const weaker = state.entries.get(id)
    if (
      !weaker ||
      weaker.voidedBy !== best.id ||
      AUTHORITY_RANK[weaker.authority] <= AUTHORITY_RANK[best.authority]
    )
      continue
    weaker.status = 'current'
    weaker.validTo = null
    weaker.voidedBy = null
    putInForce(state, weaker, state.claims.get(id) ?? [])
  }
  return best
}

/** What "back to the original X" brings back, as a draft; null where nothing ended fits the words. */
export function restoration(
  state: LedgerState,
  text: string,
): Pick<Draft, 'type' | 'polarity' | 'text' | 'scope' | 'claims' | 'sources'> | null {
  const words = topic(text)
  const first = /\b(?:original|first|initial)\b/i.test(text)
  let best: Entry | null = null
  for (const entry of state.entries.values()) {
    if (entry.status !== 'void' || entry.authority !== 'user' || !BINDING.has(entry.type)) continue
    if (overlap(words, entry) < 0.6) continue
    if (best === null || !first) best = entry
  }
  if (!best) return null
  const { type, polarity, scope, sources } = best
  return { type, polarity, scope, sources, text: best.text, claims: [...(state.claims.get(best.id) ?? [])] }
}
