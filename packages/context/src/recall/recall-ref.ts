import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import { boundView } from '../ingest/bound-view.ts'
import type { Address } from '../ingest/handle.ts'
import { spanText } from '../ledger/span-text.ts'
import type { RecallState } from './recall-state.ts'
import { entryCurrency, eventCurrency } from './currency.ts'
import { grepText } from './grep-text.ts'
import { asText, byteRange, eventText, lineRange } from './read-text.ts'

type RefQuery = RecallQuery & { ref: string }

/** Bound of what one recall shows, in estimated tokens. */
const MAX_TOKENS = 4000

/** What a handle, an entry id or a path points to; null where `ref` is none of these, to be searched for as words. */
export function recallRef(state: RecallState, query: RefQuery, address: Address | null): RecallResult | null {
  if (address?.kind === 'blob') return recallBlob(state, query, address.sha, address.bytes)
  if (address?.kind === 'event') return recallEvent(state, query, address.seq, address.bytes)
  return recallEntry(state, query) ?? recallPath(state, query)
}

function recallBlob(
  state: RecallState,
  query: RefQuery,
  sha: string,
  range: [number, number] | undefined,
): RecallResult {
  const known = state.blobs().get(sha.slice(0, 12))
  const bytes = known ? state.ports.blob(known.sha256) : sha.length === 64 ? state.ports.blob(sha) : null
  if (!bytes)
    return nothing(
      known
        ? `The bytes of ${query.ref} have been erased.`
        : `No blob ${query.ref} is known in this session; handles look like b:0123456789ab.`,
    )
  const event = known ? state.ports.event(known.seq) : null
  return show(state, query, event, bytes, range, `b:${sha.slice(0, 12)}`)
}

function recallEvent(
  state: RecallState,
  query: RefQuery,
  seq: number,
  range: [number, number] | undefined,
): RecallResult {
  const event = state.ports.event(seq)
  if (!event) return nothing(`There is no event ${seq} in this session.`)
  const full = event.kind === 'tool.done' && event.body.full ? state.ports.blob(event.body.full.sha256) : null
  return show(state, query, event, full ?? new TextEncoder().encode(eventText(event)), range, `e:${seq}`)
}

function recallEntry(state: RecallState, query: RefQuery): RecallResult | null {
  if (!/^L\d+\.\d+$/.test(query.ref)) return null
  const entry = state.ports.entries().find((candidate) => candidate.id === query.ref)
  if (!entry) return null
  const label = entryCurrency(entry)
  const lines = [
    `${entry.id} [${label}] ${entry.type}, ${entry.authority}${entry.key === null ? '' : `, key ${entry.key}`}: ${entry.text}`,
  ]
  if (entry.voidedBy !== null) lines.push(`replaced at seq ${entry.validTo} by ${entry.voidedBy}`)
  if (entry.supersedes.length > 0) lines.push(`replaces ${entry.supersedes.join(', ')}`)
  for (const span of entry.sources) {
    const event = state.ports.event(span.seq)
    const context = event
      ? spanText(event, { ...span, start: Math.max(0, span.start - 300), end: span.end + 300 }, state.ports)
      : null
    lines.push(
      `source seq ${span.seq} (${event?.kind ?? 'unknown'}, ${span.field}): ${context ?? 'not kept'}`,
    )
  }
  return {
    text: boundView(lines.join('\n'), {
      maxTokens: MAX_TOKENS,
      handle: `e:${entry.sources[0]?.seq ?? entry.validFrom}`,
    }).text,
    hits: [{ seq: entry.validFrom, label, score: 1 }],
  }
}

/** A path that the session knows: its versions, and the newest text that was kept of it. */
function recallPath(state: RecallState, query: RefQuery): RecallResult | null {
  const versions: { event: Event<'tool.done'>; after: string | null; op: string }[] = []
  for (const event of state.ports.events(0)) {
    if (event.kind !== 'tool.done') continue
    for (const file of event.body.files ?? [])
      if (file.path === query.ref || file.path.endsWith(`/${query.ref}`))
        versions.push({ event, after: file.after, op: file.op })
  }
  const last = versions.at(-1)
  if (!last) return null
  const list = versions
    .slice(-12)
    .map(
      ({ event, after, op }) =>
        `seq ${event.seq}: ${op} ${after === null ? 'absent' : `b:${after.slice(0, 12)}`}`,
    )
  const bytes = last.after === null ? null : state.ports.blob(last.after)
  const seen = versions.findLast(({ event }) => event.body.output !== '')?.event ?? last.event
  const shown = bytes
    ? show(state, query, last.event, bytes, undefined, `b:${last.after?.slice(0, 12)}`)
    : recallEvent(state, query, seen.seq, undefined)
  return {
    ...shown,
    text: `${query.ref}, ${versions.length} versions known:\n${list.join('\n')}\n\n${shown.text}`,
  }
}

function show(
  state: RecallState,
  query: RefQuery,
  event: Event | null,
  bytes: Uint8Array,
  range: [number, number] | undefined,
  handle: string,
): RecallResult {
  const seq = event?.seq ?? 0
  const own = event
    ? state.ports.entries().filter((entry) => entry.sources.some((span) => span.seq === seq))
    : []
  const label = event ? eventCurrency(event, own, state.ports.fileHash?.bind(state.ports)) : 'historical'
  const head = `[${label}] ${handle}${event ? `, seq ${seq}, ${event.kind}` : ''}`
  const hits = [{ seq, label, score: 1 }]
  if (range)
    return {
      hits,
      text: `${head}, bytes ${range[0]}-${Math.min(range[1], bytes.length)}:\n${bounded(byteRange(bytes, clip(range)), handle)}`,
    }
  const text = asText(bytes)
  if (query.grep !== undefined && query.grep !== '')
    return {
      hits,
      text: `${head}, lines with ${JSON.stringify(query.grep)}:\n${bounded(grepText(text, query.grep, query.lines), handle)}`,
    }
  if (query.lines)
    return {
      hits,
      text: `${head}, lines ${query.lines[0]}-${query.lines[1]}:\n${bounded(lineRange(text, query.lines), handle)}`,
    }
  return { hits, text: `${head}:\n${bounded(text, handle)}` }
}

/** A range larger than one recall may show is cut here, and the next range is easy to name. */
function clip([from, to]: [number, number]): [number, number] {
  return [from, Math.min(to, from + MAX_TOKENS * 3)]
}

function bounded(text: string, handle: string): string {
  return text === '' ? '(nothing there)' : boundView(text, { maxTokens: MAX_TOKENS, handle }).text
}

function nothing(text: string): RecallResult {
  return { text, hits: [] }
}
