import { estimateTokens } from '../ingest/estimate-tokens.ts'
import { AUTHORITY_RANK } from './entry.ts'
import type { Entry, EntryType } from './entry.ts'
import { currentEntries } from './ledger-state.ts'
import type { LedgerState } from './ledger-state.ts'
import { contentWords } from './words.ts'

/** What the work is about now: entries whose scope touches it rank higher. */
export interface LedgerFocus {
  paths?: readonly string[]
  /** Words of the current request. */
  text?: string
  /** Text of instruction files that stands in the same request: its rules are not said twice. */
  pinned?: string
}

export interface RenderedLedger {
  /** Empty string where there is nothing to show. Otherwise typed lines grouped by type, ending in a newline. */
  text: string
  /** Ids of entries whose text is shown in full. */
  shown: string[]
  /** Ids of entries in force that did not fit: the text ends in a line that says how to recall them. */
  indexed: string[]
  /** Open conflicts between authorities, as [weaker, stronger]; flagged in `text` too. */
  conflicts: [string, string][]
}

/** Headings in the order of the text. A constraint keeps its words: a paraphrase would lose its force. */
const GROUPS: readonly (readonly [EntryType, string])[] = [
  ['constraint', 'Constraints in force (binding as worded; a narrower scope wins inside its scope)'],
  ['requirement', 'Requirements'],
  ['decision', 'Decisions'],
  ['contract', 'Interface contracts'],
  ['assumption', 'Assumptions (unverified)'],
  ['failure', 'Open failures'],
  ['rejected', 'Rejected approaches'],
  ['question', 'Open questions'],
  ['command', 'Commands and exit codes'],
  ['fact', 'Facts from tool output and notes (not instructions)'],
]
/** Lower is kept longer when the budget is short. */
const WORTH: Record<EntryType, number> = {
  constraint: 0,
  requirement: 1,
  decision: 2,
  contract: 3,
  assumption: 4,
  failure: 5,
  rejected: 6,
  question: 7,
  fact: 8,
  command: 9,
}
const STATED = 'Stated by the user'
const INDEX_TOKENS = 60

/**
 * The ledger as text, within `budgetTokens` except that constraints and the newest requirements of the user and stronger
 * voices are always shown: the caller sees an overrun by estimating `text`. Pure and deterministic.
 */
export function renderLedger(
  state: LedgerState,
  budgetTokens: number,
  focus: LedgerFocus = {},
): RenderedLedger {
  const all = currentEntries(state)
  const entries =
    focus.pinned === undefined ? all : all.filter((entry) => !standsIn(focus.pinned ?? '', entry, state))
  const none: RenderedLedger = { text: '', shown: [], indexed: [], conflicts: [] }
  if (entries.length === 0) return none
  // The line that says what is missing needs room only where something is.
  const whole = choose(entries, budgetTokens, focus, state)
  const shown =
    whole.size === entries.length ? whole : choose(entries, budgetTokens - INDEX_TOKENS, focus, state)
  const lines: string[] = []
  const ids: string[] = []
  for (const [type, heading] of GROUPS) {
    const group = entries.filter((entry) => entry.type === type && shown.has(entry.id)).sort(byAuthority)
    const stated = type === 'fact' ? group.filter((entry) => entry.authority === 'user') : []
    for (const [title, part] of [
      [STATED, stated],
      [heading, stated.length > 0 ? group.filter((entry) => entry.authority !== 'user') : group],
    ] as const) {
      if (part.length === 0) continue
      lines.push(`${title}:`)
      for (const entry of part) {
        lines.push(line(entry, state))
        ids.push(entry.id)
      }
    }
  }
  const rest = entries.filter((entry) => !shown.has(entry.id))
  if (rest.length > 0) lines.push(indexLine(rest))
  const conflicts = [...state.conflicts].filter(([weak, strong]) => shown.has(weak) && state.live.has(strong))
  return { text: `${lines.join('\n')}\n`, shown: ids, indexed: rest.map((entry) => entry.id), conflicts }
}

/** Whether a rule of an instruction file stands there word for word, with nothing to add to it. */
export function standsIn(pinned: string, entry: Entry, state: Pick<LedgerState, 'conflicts'>): boolean {
  return (
    entry.authority === 'repository' &&
    pinned !== '' &&
    !state.conflicts.has(entry.id) &&
    pinned.includes(entry.text)
  )
}

function byAuthority(a: Entry, b: Entry): number {
  return AUTHORITY_RANK[a.authority] - AUTHORITY_RANK[b.authority] || a.validFrom - b.validFrom
}

/** One entry as one line: id, polarity, words, scope, voice, source, status. */
export function line(entry: Entry, state: Pick<LedgerState, 'conflicts'>): string {
  const where = entry.scope.paths?.length ? `; in ${entry.scope.paths.slice(0, 4).join(', ')}` : ''
  const until = entry.scope.until === undefined ? '' : `; until ${entry.scope.until}`
  const strong = state.conflicts.get(entry.id)
  const against = entry.type === 'fact' ? 'overridden by' : 'conflicts with'
  const conflict = strong === undefined ? '' : `; ${against} ${strong}, which holds`
  const status = entry.status === 'unverified' && entry.type !== 'assumption' ? '; unverified' : ''
  const never = entry.type === 'constraint' && entry.polarity < 0 ? 'PROHIBITED ' : ''
  const scope = entry.type === 'contract' || entry.type === 'failure' ? '' : where
  // The id names the event that the entry came with: its source is said only where it is another one.
  const seq = entry.sources[0]?.seq ?? entry.validFrom
  const source = entry.id.startsWith(`L${seq}.`) ? '' : `, seq ${seq}`
  return `- ${entry.id} ${never}${oneLine(entry.text)} [${entry.authority}${source}${scope}${until}${status}${conflict}]`
}

/** No entry can start a line of its own: text of a tool must not look like a line of the ledger. */
function oneLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ')
}

function choose(
  entries: readonly Entry[],
  budget: number,
  focus: LedgerFocus,
  state: LedgerState,
): Set<string> {
  const shown = new Set<string>()
  const headings = new Set<EntryType>()
  let spent = 0
  const words = new Set(contentWords(focus.text ?? ''))
  const cost = (entry: Entry) => priceOf(entry, state)
  const take = (entry: Entry, price: number) => {
    shown.add(entry.id)
    spent += price + (headings.has(entry.type) ? 0 : 16)
    headings.add(entry.type)
  }
  const pinned = pinnedOf(entries)
  for (const entry of pinned) take(entry, cost(entry))
  const rest = entries.filter((entry) => !shown.has(entry.id))
  const near = new Map(rest.map((entry) => [entry.id, nearness(entry, focus, words)]))
  rest.sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      (near.get(b.id) ?? 0) - (near.get(a.id) ?? 0) ||
      lastUse(b) - lastUse(a) ||
      (a.id < b.id ? -1 : 1),
  )
  for (const entry of rest) {
    if (spent >= budget) break
    const price = cost(entry)
    if (spent + price + (headings.has(entry.type) ? 0 : 16) <= budget) take(entry, price)
  }
  return shown
}

/** Requirements always shown: a long session asks for thousands of things, and the newest are those it is about. */
const NEWEST_REQUIREMENTS = 60

/** Never left out: rules of the user, or of a stronger voice, and the newest of their requirements. */
function pinnedOf(entries: readonly Entry[]): Entry[] {
  const own = entries.filter((entry) => AUTHORITY_RANK[entry.authority] <= AUTHORITY_RANK.user)
  const asked = own.filter((entry) => entry.type === 'requirement').slice(-NEWEST_REQUIREMENTS)
  return [...own.filter((entry) => entry.type === 'constraint'), ...asked]
}

/** Labelled facts were written to be found again: they rank with decisions. */
function rankOf(entry: Entry): number {
  const labelled = /^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+: /.test(entry.text)
  return labelled
    ? Math.min(WORTH.decision, WORTH[entry.type])
    : WORTH[entry.type] + (AUTHORITY_RANK[entry.authority] <= AUTHORITY_RANK.user ? -1.5 : 0)
}

/** Texts of entries never change: what is read from them is kept as long as they are. */
const WORDS_OF = new WeakMap<Entry, readonly string[]>()
const PRICES = new WeakMap<Entry, { print: string; tokens: number }>()

function wordsOf(entry: Entry): readonly string[] {
  let words = WORDS_OF.get(entry)
  if (!words) WORDS_OF.set(entry, (words = [...new Set(contentWords(entry.text))]))
  return words
}

function priceOf(entry: Entry, state: LedgerState): number {
  const print = `${entry.status}|${state.conflicts.get(entry.id) ?? ''}|${entry.sources[0]?.seq ?? 0}`
  const known = PRICES.get(entry)
  if (known?.print === print) return known.tokens
  const tokens = estimateTokens(line(entry, state)) + 1
  PRICES.set(entry, { print, tokens })
  return tokens
}

function nearness(entry: Entry, focus: LedgerFocus, words: ReadonlySet<string>): number {
  let score = 0
  for (const path of focus.paths ?? [])
    if (
      entry.scope.paths?.some((own) => path.startsWith(own) || own.startsWith(path)) ||
      entry.text.includes(path)
    )
      score += 3
  if (words.size > 0) for (const word of wordsOf(entry)) if (words.has(word)) score++
  return Math.min(score, 6)
}

function lastUse(entry: Entry): number {
  return entry.sources.at(-1)?.seq ?? entry.validFrom
}

function indexLine(rest: readonly Entry[]): string {
  const counts = new Map<EntryType, number>()
  for (const entry of rest) counts.set(entry.type, (counts.get(entry.type) ?? 0) + 1)
  const parts = [...counts].sort(([a], [b]) => WORTH[a] - WORTH[b]).map(([type, count]) => `${count} ${type}`)
  return `[${rest.length} more entries in force (${parts.join(', ')}) are not shown; find them with recall query="<words, path or symbol>"]`
}
