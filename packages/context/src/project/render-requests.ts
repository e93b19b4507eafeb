import { textTokens } from './tokens.ts'
import type { Entry } from '../ledger/entry.ts'
import type { RequestState } from '../registry/registries.ts'
import { handle, shorten } from './shorten.ts'
import type { UserNode } from './transcript.ts'

/** Caps tried for requests that are done until all fit. */
const CAPS = [4_000, 2_000, 1_000, 600, 400, 300, 220, 160, 120, 90, 60, 40, 24]

/** Where statements end that later ones have replaced, by position of their request. */
export type VoidedSpans = ReadonlyMap<number, readonly { end: number; status: string }[]>

/** Spans of user messages whose ledger entry holds no more. */
export function voidedSpans(entries: Iterable<Entry>): VoidedSpans {
  const spans = new Map<number, { end: number; status: string }[]>()
  for (const { status, sources } of entries) {
    if (status !== 'void') continue
    for (const { seq, field, end } of sources)
      if (field === 'text') spans.set(seq, [...(spans.get(seq) ?? []), { end, status: 'superseded' }])
  }
  return spans
}

/** The words of the user with a mark behind each statement that is no longer in force. */
function labelled(text: string, spans: readonly { end: number; status: string }[] | undefined): string {
  if (!spans) return text
  let result = text
  for (const { end, status } of spans.toSorted((a, b) => b.end - a.end))
    if (end <= text.length) result = `${result.slice(0, end)} [${status}]${result.slice(end)}`
  return result
}

/** How a request stands. */
export function markOf(request: UserNode, states: readonly RequestState[], newest: boolean): string {
  const state = states.find((other) => other.seq === request.seq)
  if (state?.status === 'done') return state.closedAs === null ? 'done' : `done: ${state.closedAs}`
  return newest ? 'open: the current request' : 'open'
}

/**
 * Every request of the user, verbatim, with its mark. Open ones get up to `maxText` tokens each; done ones give way
 * first where `budget` is short. Requests from `tailFrom` on stand further below.
 */
export function renderRequests(
  requests: readonly UserNode[],
  states: readonly RequestState[],
  tailFrom: number,
  budget: number,
  maxText: number,
  voided: VoidedSpans = new Map(),
): string {
  const marks = new Map(states.map((state) => [state.seq, state]))
  const newest = requests.at(-1)
  const line = (request: UserNode, cap: number): string => {
    const state = marks.get(request.seq)
    const mark = markOf(request, state ? [state] : [], request === newest)
    if (request.seq >= tailFrom) return `[e:${request.seq}, ${mark}] (in full below)\n`
    const note = `[${request.text.length} characters, the middle is left out: ${handle(request.seq)}]`
    const files = request.attachments.length > 0 ? ` (${request.attachments.length} attachments)` : ''
    const text = labelled(request.text, voided.get(request.seq))
    return `[e:${request.seq}, ${mark}]${files} ${shorten(text, cap, note)}\n`
  }
  const isOpen = (request: UserNode) => request === newest || marks.get(request.seq)?.status === 'open'
  for (const cap of CAPS) {
    // The newest request may take half, however long it is: a paste must not push out what was asked before.
    const half = cap > 1_000 ? maxText : Math.max(cap, Math.floor(budget / 2))
    const capOf = (request: UserNode) =>
      request === newest ? half : isOpen(request) ? Math.max(cap, 60) : cap
    const lines = requests.map((request) => line(request, Math.min(maxText, capOf(request))))
    if (cap === CAPS.at(-1)) return newestLines(lines, budget)
    if (sum(lines) <= budget) return lines.join('')
  }
  return ''
}

function sum(lines: readonly string[]): number {
  return lines.reduce((total, text) => total + textTokens(text), 0)
}

/** The newest lines that fit; the newest of all always stands. */
function newestLines(lines: readonly string[], budget: number): string {
  let left = budget
  let from = lines.length
  while (from > 0) {
    left -= textTokens(lines[from - 1] ?? '')
    if (left < 0 && from < lines.length) break
    from--
  }
  const note = from > 0 ? `(${from} older requests are not listed: recall them with a query)\n` : ''
  return note + lines.slice(from).join('')
}
