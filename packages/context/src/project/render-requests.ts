import { textTokens } from './tokens.ts'
import type { RequestState } from '../registry/registries.ts'
import { handle, shorten } from './shorten.ts'
import type { UserNode } from './transcript.ts'
import { labelVoided, type VoidedSpans } from './voided.ts'

/** Under this many tokens a request is not worth a line. */
const LEAST = 40
/** A request up to this size is typed, not pasted: it gives way last. */
const TYPED = 160

/** How a request stands. */
function markOf(request: UserNode, states: readonly RequestState[], newest: boolean): string {
  const state = states.find((other) => other.seq === request.seq)
  if (state?.status === 'done') return state.closedAs === null ? 'done' : `done: ${state.closedAs}`
  return newest ? 'open: the current request' : 'open'
}

/** What the list of requests is made from. */
export interface RequestsInput {
  requests: readonly UserNode[]
  states: readonly RequestState[]
  /** Whether the tail shows this request whole. */
  inTail(request: UserNode): boolean
  /** Most tokens of one request that is done, and of one that is open. */
  doneText: number
  openText: number
  voided: VoidedSpans
}

/** Most requests that are looked at: the first one and the newest. */
const LOOKED_AT = 300

/** The requests as a section whose size is still open. */
export interface RequestList {
  /** Tokens where nothing gives way. */
  need: number
  /**
   * Every request, verbatim, with its mark, within `budget` tokens. Where that is short it is dealt out by
   * water-filling: short messages stand whole, long ones share what is left and show head and tail. Where not even that
   * fits the oldest go, but never the first, which says what all is about.
   */
  render(budget: number): string
}

/** Prepares the list; each request is looked at once. */
export function requestList(input: RequestsInput): RequestList {
  const { requests } = input
  const first = requests[0]
  const newest = requests.slice(1).slice(1 - LOOKED_AT)
  const looked = first ? [first, ...newest] : []
  const lines = linesOf(input, looked)
  const sizes = lines.map((line) => textTokens(line.render(Infinity)))
  const skipped = requests.length - looked.length
  return {
    need: sizes.reduce((total, size) => total + size, 0),
    render(budget) {
      const cap = waterLevel(sizes, budget)
      const texts = lines.map((line) => line.render(Math.max(LEAST, cap)))
      return cap >= LEAST ? withNote(texts, skipped) : newestLines(texts, budget, skipped)
    },
  }
}

function withNote([first, ...rest]: readonly string[], left: number): string {
  const note = left > 0 ? `(${left} older requests are not listed: recall them with a query)\n` : ''
  return (first ?? '') + note + rest.join('')
}

interface RequestLine {
  /** The line with at most about `cap` tokens. */
  render(cap: number): string
}

function linesOf(input: RequestsInput, looked: readonly UserNode[]): RequestLine[] {
  const { states, inTail, voided } = input
  const marks = new Map(states.map((state) => [state.seq, state]))
  const newest = looked.at(-1)
  return looked.map((request) => {
    const state = marks.get(request.seq)
    const mark = markOf(request, state ? [state] : [], request === newest)
    if (inTail(request)) {
      const line = `[e:${request.seq}, ${mark}] (in full below)\n`
      return { render: () => line }
    }
    const head = `[e:${request.seq}, ${mark}]${attached(request)} `
    const note = `[… of ${request.text.length} characters: ${handle(request.seq)} …]`
    const text = labelVoided(request.text, voided.get(request.seq))
    const most = request === newest || state?.status === 'open' ? input.openText : input.doneText
    const headTokens = textTokens(head) + 1
    return {
      render(cap) {
        const room = Math.min(Math.max(most, TYPED), cap - headTokens)
        return `${head}${shorten(text, Math.max(LEAST / 2, room), note)}\n`
      },
    }
  })
}

function attached(request: UserNode): string {
  return request.attachments.length > 0 ? ` (${request.attachments.length} attachments)` : ''
}

/** The level up to which all sizes can be filled within `budget`: what is under it is whole. */
function waterLevel(sizes: readonly number[], budget: number): number {
  let left = budget
  let count = sizes.length
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size * count > left) return Math.floor(left / count)
    left -= size
    count--
  }
  return Infinity
}

/** The first line and the newest ones that fit; the newest of all always stands. */
function newestLines(lines: readonly string[], budget: number, skipped: number): string {
  const [first = '', ...rest] = lines
  let left = budget - textTokens(first) - 20
  let from = rest.length
  while (from > 0) {
    left -= textTokens(rest[from - 1] ?? '')
    if (left < 0 && from < rest.length) break
    from--
  }
  return withNote([first, ...rest.slice(from)], from + skipped)
}
