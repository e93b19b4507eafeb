import { classifyUser } from '../ledger/classify-user.ts'
import { isInjection } from '../ledger/classify-output.ts'
import { deriveClaims } from '../ledger/derive-claims.ts'
import { exactTokens } from '../ledger/exact-tokens.ts'
import { hasSecret } from '../ledger/redact-secrets.ts'
import { contentWords, normalText } from '../ledger/words.ts'
import { isNegated, shareOf } from './ledger-view.ts'
import type { KnownEntry } from './ledger-view.ts'
import type { SpanCorpus } from './span-corpus.ts'

export type SentenceFault =
  | 'fabrication'
  | 'contradiction'
  | 'resurrection'
  | 'injection'
  | 'secret'
  | 'completed-request'

const PAST =
  /\b(?:was|were|had|previously|formerly|initially|originally|earlier|no longer|used to|replaced|superseded|retracted|withdrawn|lifted|voided|changed from|instead of|old)\b/i
const FINISHED =
  /\b(?:was|were|done|completed|finished|closed|already|has been|have been|resolved)\b|^\W*(?:\w+ed|wrote|built|made|ran)\b|\b(?:I|we|agent|it)\s+(?:\w+ed|wrote|built|made|ran)\b/i
const DEMAND =
  /\b(?:must|shall|never|always|do not|don't|mandatory|required to|has to|have to|forbidden|prohibited|not allowed|need(?:s)? to|should)\b/i
const CLOSE = 0.7

/** Why a sentence of a narrative may not stay; null where nothing speaks against it. */
export function judgeSentence(
  sentence: string,
  known: readonly KnownEntry[],
  corpus: SpanCorpus,
): SentenceFault | null {
  if (hasSecret(sentence)) return 'secret'
  if (isInjection(sentence)) return 'injection'
  if (exactTokens(sentence).some((token) => !corpus.has(token))) return 'fabrication'
  const words = new Set(contentWords(sentence))
  const past = PAST.test(sentence)
  const negated = isNegated(sentence)
  const against = disagreement(sentence, known, words, past, negated)
  if (against) return against
  if (demands(sentence) && !traceable(sentence, known, words, negated, corpus)) return 'injection'
  return null
}

/** A sentence that tells the reader to do something, rather than what happened. */
function demands(sentence: string): boolean {
  const read = classifyUser(sentence)
  return (
    DEMAND.test(sentence) ||
    read?.type === 'constraint' ||
    (read?.type === 'requirement' && !FINISHED.test(sentence))
  )
}

/** Only the words of the user, of instruction files or of an entry in force may demand something. */
function traceable(
  sentence: string,
  known: readonly KnownEntry[],
  words: ReadonlySet<string>,
  negated: boolean,
  corpus: SpanCorpus,
): boolean {
  const norm = normalText(sentence)
  if (norm.length >= 12 && normalText(corpus.binding).includes(norm)) return true
  return known.some(
    (item) =>
      item.live &&
      item.entry.authority !== 'tool' &&
      item.entry.polarity < 0 === negated &&
      // Both ways: a demand that carries more than its source has something of its own.
      shareOf(item, words) >= CLOSE &&
      [...words].filter((word) => item.words.includes(word)).length >= words.size * CLOSE,
  )
}

function disagreement(
  sentence: string,
  known: readonly KnownEntry[],
  words: ReadonlySet<string>,
  past: boolean,
  negated: boolean,
): SentenceFault | null {
  const claims = deriveClaims(sentence, negated ? -1 : 1)
  const norm = normalText(sentence)
  let revived = false
  for (const item of known) {
    const share = shareOf(item, words)
    if (item.live) {
      const other = item.claims.some((theirs) =>
        claims.some(
          (mine) =>
            mine.base === theirs.base &&
            mine.key === theirs.key &&
            mine.value !== theirs.value &&
            !theirs.key.startsWith('do:'),
        ),
      )
      if (other && !past) return wasVoid(claims, known) ? 'resurrection' : 'contradiction'
      const flips =
        item.entry.polarity < 0 !== negated && item.words.length >= 2 && share >= CLOSE && strict(item)
      if (flips && !(past && !negated)) return 'contradiction'
      continue
    }
    if (past) continue
    if (item.entry.status === 'void') {
      const same =
        item.norm.length >= 8 &&
        (norm.includes(item.norm) ||
          (share >= 0.85 && item.words.length >= 2 && item.entry.polarity < 0 === negated))
      const value = item.claims.some(
        (theirs) =>
          theirs.value !== '' &&
          claims.some((mine) => mine.key === theirs.key && mine.value === theirs.value),
      )
      if (
        (same || value) &&
        !known.some(
          (other) => other.live && (other.norm === item.norm || agrees(other, claims, words, share)),
        )
      )
        revived = true
    } else if (item.entry.status === 'done' && item.entry.type === 'requirement') {
      const again = share >= CLOSE && item.words.length >= 2 && !FINISHED.test(sentence)
      if (again && !known.some((other) => other.live && shareOf(other, words) >= share))
        return 'completed-request'
    }
  }
  return revived ? 'resurrection' : null
}

/** Entries whose polarity is a matter of yes or no. */
function strict(item: KnownEntry): boolean {
  return (
    item.entry.type === 'constraint' ||
    item.entry.type === 'rejected' ||
    (item.entry.type === 'decision' && item.entry.polarity < 0)
  )
}

function wasVoid(claims: readonly { key: string; value: string }[], known: readonly KnownEntry[]): boolean {
  return known.some(
    (item) =>
      item.entry.status === 'void' &&
      item.claims.some((theirs) =>
        claims.some((mine) => mine.key === theirs.key && mine.value === theirs.value),
      ),
  )
}

/** An entry in force says the same as the sentence: then an older one that said it too does not matter. */
function agrees(
  other: KnownEntry,
  claims: readonly { key: string; value: string }[],
  words: ReadonlySet<string>,
  share: number,
): boolean {
  if (other.claims.length > 0)
    return other.claims.some((theirs) =>
      claims.some((mine) => mine.key === theirs.key && mine.value === theirs.value),
    )
  return shareOf(other, words) >= share
}
