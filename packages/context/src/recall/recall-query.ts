import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import type { Entry } from '../ledger/entry.ts'
import type { RecallState } from './recall-state.ts'
import { entryCurrency, eventCurrency } from './currency.ts'
import type { Currency } from './currency.ts'
import { stretchesOf } from './documents.ts'
import type { IndexHit } from './recall-index.ts'
import { rankPassages } from './rank-passages.ts'
import { queryTerms } from './tokenise.ts'
import { rarity, weighTerms } from './weigh-terms.ts'
import type { WeighedTerm } from './weigh-terms.ts'

const DEFAULT_LIMIT = 5
const MAX_LIMIT = 20
const EXCERPT = 700
/** Passages fetched for each way of asking the index; the best sentence in them decides. */
const CANDIDATES = 40
/** Entries listed above the passages. */
const NAMED = 4
/** Kinds of events that are somebody's words, not what a program printed. */
const VOICES = new Set([
  'user.message',
  'note.written',
  'model.answered',
  'instructions.loaded',
  'harness.message',
  'ledger.inherited',
  'session.finished',
])

interface Hit {
  seq: number
  label: Currency
  score: number
  text: string
}

/** The best passages for words: ledger entries and stretches of events, current ones first among equals. */
export function recallQuery(state: RecallState, query: RecallQuery): RecallResult {
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT))
  const words = query.query ?? ''
  const terms = queryTerms(words)
  if (terms.length === 0)
    return { text: 'Nothing to look for: give words, a handle (b:…, e:…), a path or an entry id.', hits: [] }
  const index = state.index()
  const entries = state.ports.entries()
  const { frequency } = index
  const weighed = weighTerms(terms, frequency)
  const total = frequency.total()
  const stretches = new Map<number, { event: Event; parts: ReturnType<typeof stretchesOf> } | null>()
  const candidates = index.search(weighed, CANDIDATES).flatMap((origin) => {
    let read = stretches.get(origin.seq)
    if (read === undefined) {
      const event = state.ports.event(origin.seq)
      read = event && { event, parts: stretchesOf(event, (sha) => state.ports.blob(sha)) }
      stretches.set(origin.seq, read)
    }
    const text = read?.parts[origin.part]?.text
    if (!read || text === undefined) return []
    if (query.grep && !text.toLowerCase().includes(query.grep.toLowerCase())) return []
    return [{ text, origin: { ...origin, event: read.event }, bonus: VOICES.has(origin.kind) ? 0.1 : 0 }]
  })
  const ranked = rankPassages(candidates, weighed, (term) => rarity(frequency.of(term), total))
  const shown = ranked.slice(0, limit * 4)
  const bySeq = new Map<number, Entry[]>(shown.map(({ origin }) => [origin.seq, []]))
  for (const entry of entries) for (const span of entry.sources) bySeq.get(span.seq)?.push(entry)
  const hits: Hit[] = []
  const seen = new Set<string>()
  for (const { origin, text, at, score } of shown) {
    const own = bySeq.get(origin.seq) ?? []
    const label = eventCurrency(origin.event, own, state.ports.fileHash?.bind(state.ports))
    const cut = excerpt(text, at)
    if (seen.has(cut)) continue
    seen.add(cut)
    hits.push({
      seq: origin.seq,
      label,
      score,
      text: `${head(origin.event, origin, label)}\n${cut}${about(state, own, weighed)}`,
    })
    if (hits.length >= limit) break
  }
  const named = matchingEntries(state, entries, withEntryTerms(terms, weighed), NAMED)
  const lines = named.map(
    (entry) =>
      `${entry.id} [${entryCurrency(entry)}] ${entry.type}, ${entry.authority}, seq ${entry.validFrom}: ${entry.text.slice(0, 400)}`,
  )
  if (hits.length === 0 && lines.length === 0)
    return { text: `Nothing found for ${JSON.stringify(words)}.`, hits: [] }
  const ledger = lines.length === 0 ? '' : `Ledger:\n${lines.join('\n')}\n\n`
  return {
    text: `${ledger}${hits.map((hit) => hit.text).join('\n\n')}`,
    hits: hits.map(({ seq, label, score }) => ({ seq, label, score })),
  }
}

function head(event: Event, passage: IndexHit, label: Currency): string {
  const where = passage.blob === '' ? `e:${event.seq}` : `b:${passage.blob.slice(0, 12)}`
  return `[${label}] seq ${event.seq}, ${event.kind}, ref="${where}"${passage.line > 1 ? `, from line ${passage.line}` : ''}`
}

/** The part of a passage around its best sentence. */
function excerpt(text: string, at: number): string {
  if (text.length <= EXCERPT) return text
  const start = Math.max(0, Math.min(at - 150, text.length - EXCERPT))
  const end = Math.min(text.length, start + EXCERPT)
  return `${start > 0 ? '…' : ''}${text.slice(start, end).toWellFormed()}${end < text.length ? '…' : ''}`
}

/** Words that only entries have (the journal may show them in other forms) count as rare ones. */
function withEntryTerms(terms: readonly string[], weighed: readonly WeighedTerm[]): WeighedTerm[] {
  const known = new Set(weighed.map(({ term }) => term))
  return [
    ...weighed,
    ...terms.filter((term) => !known.has(term)).map((term) => ({ term, count: 1, weight: 0.5 })),
  ]
}

function about(state: RecallState, entries: readonly Entry[], terms: readonly WeighedTerm[]): string {
  const ended = matchingEntries(
    state,
    entries.filter((entry) => entryCurrency(entry) !== 'current'),
    terms,
    2,
  )
  return ended
    .map(
      (entry) =>
        `\n(${entry.id} there is ${entryCurrency(entry)}${entry.voidedBy === null ? '' : `, replaced by ${entry.voidedBy}`})`,
    )
    .join('')
}

/** Entries that share the heaviest terms with the query; those in force first. */
function matchingEntries(
  state: RecallState,
  entries: readonly Entry[],
  terms: readonly WeighedTerm[],
  limit: number,
): Entry[] {
  const found: { entry: Entry; score: number }[] = []
  for (const entry of entries) {
    const own = state.termsOf(entry)
    let score = 0
    for (const { term, weight } of terms) if (own.has(term)) score += weight
    if (score > 0) found.push({ entry, score })
  }
  return found
    .sort(
      (a, b) =>
        b.score - a.score ||
        Number(entryCurrency(b.entry) === 'current') - Number(entryCurrency(a.entry) === 'current') ||
        b.entry.validFrom - a.entry.validFrom,
    )
    .slice(0, limit)
    .map(({ entry }) => entry)
}
