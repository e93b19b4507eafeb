import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import type { Entry } from '../ledger/entry.ts'
import type { RecallState } from './recall-state.ts'
import { entryCurrency, eventCurrency } from './currency.ts'
import type { Currency } from './currency.ts'
import { documentsOf } from './documents.ts'
import type { IndexHit } from './recall-index.ts'
import { indexTerms, queryTerms } from './tokenise.ts'

const DEFAULT_LIMIT = 5
const MAX_LIMIT = 20
const EXCERPT = 700

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
  const passages = index.search(words, limit * 4)
  const bySeq = new Map<number, Entry[]>(passages.map((passage) => [passage.seq, []]))
  for (const entry of entries) for (const span of entry.sources) bySeq.get(span.seq)?.push(entry)
  const hits: Hit[] = []
  const seen = new Set<string>()
  for (const passage of passages) {
    const event = state.ports.event(passage.seq)
    if (!event) continue
    const text = passageText(event, passage, state)
    if (query.grep && !text.toLowerCase().includes(query.grep.toLowerCase())) continue
    const own = bySeq.get(passage.seq) ?? []
    const label = eventCurrency(event, own, state.ports.fileHash?.bind(state.ports))
    const cut = excerpt(text, terms)
    if (seen.has(cut)) continue
    seen.add(cut)
    hits.push({
      seq: passage.seq,
      label,
      score: passage.score,
      text: `${head(event, passage, label)}\n${cut}${about(state, own, terms)}`,
    })
    if (hits.length >= limit) break
  }
  const named = matchingEntries(state, entries, terms, 3)
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

/** Texts are not in the index: the stretch is cut again, by the same rules. */
function passageText(event: Event, passage: IndexHit, state: RecallState): string {
  const documents = documentsOf(event, (sha) => state.ports.blob(sha))
  const same = documents.filter((doc) => doc.blob === passage.blob && doc.line === passage.line)
  return (same.length > 1 ? same.map((doc) => doc.text).join('\n') : same[0]?.text) ?? ''
}

/** The part of a passage around the line with most of the terms. */
function excerpt(text: string, terms: readonly string[]): string {
  if (text.length <= EXCERPT) return text
  const wanted = new Set(terms)
  let [best, score, at] = [0, -1, 0]
  for (const line of text.split('\n')) {
    for (let from = 0; from < Math.max(1, line.length); from += 400) {
      const hits = new Set(
        indexTerms(line.slice(from, from + 500))
          .split(' ')
          .filter((term) => wanted.has(term)),
      ).size
      if (hits > score) [best, score] = [at + from, hits]
    }
    at += line.length + 1
  }
  const start = Math.max(0, best - 150)
  const end = Math.min(text.length, start + EXCERPT)
  return `${start > 0 ? '…' : ''}${text.slice(start, end).toWellFormed()}${end < text.length ? '…' : ''}`
}

function about(state: RecallState, entries: readonly Entry[], terms: readonly string[]): string {
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

/** Entries that share most terms with the query; those in force first. */
function matchingEntries(
  state: RecallState,
  entries: readonly Entry[],
  terms: readonly string[],
  limit: number,
): Entry[] {
  const found: { entry: Entry; score: number }[] = []
  for (const entry of entries) {
    const own = state.termsOf(entry)
    let score = 0
    for (const term of terms) if (own.has(term)) score++
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
