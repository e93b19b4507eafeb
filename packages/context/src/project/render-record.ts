import { neededBy, type Episode } from '../episode/episode.ts'
import { renderFolds } from '../episode/render-folds.ts'
import { renderOpenErrors } from '../episode/open-errors.ts'
import { textTokens } from './tokens.ts'
import { AUTHORITY_RANK } from '../ledger/entry.ts'
import { currentEntries } from '../ledger/ledger-state.ts'
import { line, renderLedger, standsIn } from '../ledger/render-ledger.ts'
import { renderRegistries, type Disk } from '../registry/render-registries.ts'
import { allocate, type Claim } from './allocate.ts'
import type { Fold } from './fold.ts'
import type { Limits } from './limits.ts'
import { renderInstructions } from './instructions.ts'
import { requestList, type RequestsInput } from './render-requests.ts'
import { voidedSpans } from './voided.ts'
import { shorten } from './shorten.ts'

export interface RecordSection {
  kind: string
  text: string
}

const HEADINGS: Record<string, string> = {
  files: 'Files',
  tests: 'Checks',
  plan: 'Plan',
  processes: 'Processes',
  skills: 'Skills',
  images: 'Images',
}

/** The order of the text: from what was asked to what was done. */
const ORDER: readonly string[] = [
  'frame',
  'requests',
  'ledger',
  'plan',
  'tests',
  'files',
  'processes',
  'skills',
  'images',
  'environment',
  'errors',
  'folds',
  'narrative',
]

/** What the record is made from, besides the fold. */
export interface RecordInput {
  basis: number
  epoch: number
  tailFrom: number
  /** Most tokens that the tail shows of a text at this position. */
  tailText(seq: number): number
  episodes: readonly Episode[]
  disk: Disk
}

/** A record whose parts are known and whose size is still open. */
export interface RecordDraft {
  /** Tokens if nothing had to give way: of what binds and is live, and of what only helps. */
  pinned: number
  optional: number
  /** The sections within `budget` tokens, in a fixed order; empty ones are left out. */
  render(budget: number): RecordSection[]
}

/**
 * The record at the front of an epoch: everything that is in force, from typed state, with the way to everything else.
 */
export function draftRecord(fold: Fold, limits: Limits, input: RecordInput): RecordDraft {
  const parts = recordParts(fold, limits, input)
  const need = (pinned: boolean) =>
    parts.reduce((sum, part) => sum + (part.pinned === pinned ? part.need : 0), 0)
  return {
    pinned: need(true),
    optional: need(false),
    render(budget) {
      const grants = allocate(parts, budget)
      const granted = new Map(parts.map((part, index) => [part.kind, grants[index] ?? 0]))
      return parts
        .map((part) => ({ kind: part.kind, text: part.render((kind) => granted.get(kind) ?? 0) }))
        .filter((section) => section.text !== '')
        .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    },
  }
}

interface Part extends Claim {
  kind: string
  pinned: boolean
  /** `granted` tells what each part got. */
  render(granted: (kind: string) => number): string
}

/** The parts by what a token of them is worth, best first. */
function recordParts(fold: Fold, limits: Limits, input: RecordInput): Part[] {
  const { basis, epoch, episodes, disk } = input
  const share = (most: number, part: number) => Math.min(most, Math.floor(limits.room * part))
  const registry = (tokens: number) =>
    renderRegistries(fold.registries, disk, { sectionTokens: tokens }).sections
  const sections = new Map(
    registry(share(700, 0.08)).map(({ kind, text }) => [
      kind as string,
      titled(HEADINGS[kind] ?? kind, text),
    ]),
  )
  const whole = (kind: string, floor: number, text = sections.get(kind) ?? ''): Part => {
    const need = textTokens(text)
    return {
      kind,
      floor,
      pinned: true,
      need,
      render: (granted) =>
        granted(kind) < Math.min(16, need) ? '' : shorten(text, granted(kind), '[more: recall with a query]'),
    }
  }
  const sized = (
    kind: string,
    floor: number,
    heading: string,
    most: number,
    render: (budget: number) => string,
  ): Part => {
    const head = textTokens(titled(heading, 'x'))
    const text = (tokens: number) => titled(heading, tokens - head < 24 ? '' : render(tokens - head))
    return {
      kind,
      floor,
      pinned: false,
      need: textTokens(text(most)),
      render: (granted) => text(granted(kind)),
    }
  }
  const narrative = fold.narratives.at(-1)
  const needed = neededBy(episodes, new Set(workingSet(fold)))
  const account = `Account of the work before e:${narrative?.basis ?? 0}, written by the model; it binds nobody`
  return [
    whole('frame', 0.05, frame(basis, epoch)),
    whole('processes', 0.03),
    whole('plan', 0.06),
    ...ledgerParts(fold, limits),
    requestsPart(fold, limits, input),
    whole('images', 0.02),
    whole('skills', 0.02),
    whole('tests', 0.06),
    {
      ...sized('errors', 0.03, 'Errors that nothing has resolved yet', share(600, 0.06), (tokens) =>
        renderOpenErrors(fold.errors, tokens),
      ),
      pinned: true,
    },
    { ...whole('files', 0.06), pinned: false },
    sized('folds', 0.06, 'Earlier work', share(1_200, 0.12), (tokens) =>
      renderFolds(episodes, needed, tokens),
    ),
    sized('narrative', 0.03, account, share(900, 0.1), (tokens) =>
      narrative ? shorten(`${narrative.text}\n`, tokens, '[…]') : '',
    ),
    whole('environment', 0),
  ]
}

function frame(basis: number, epoch: number): string {
  return `Record of this session up to e:${basis} (epoch ${epoch}), written by code from the journal. What is not shown here can be had again with the recall tool: by handle (recall ref="e:12"), by path or entry id, or by a query.\n`
}

/** Most tokens of typed entries that the user did not write, and of reported facts and commands. */
const TYPED_TOKENS = 6_000
const REPORTED_TOKENS = 800

/** What is in force in one text, paid by two claims: typed lines go before what tools reported. */
function ledgerParts(fold: Fold, limits: Limits): Part[] {
  const pinned = pinnedText(fold, limits)
  const text = fold.requests.at(-1)?.text.slice(0, 2_000) ?? ''
  const focus = { paths: workingSet(fold), text, pinned }
  const spent = { user: 0, typed: 0, reported: 0 }
  for (const entry of currentEntries(fold.ledger)) {
    if (standsIn(pinned, entry, fold.ledger)) continue
    const kind =
      AUTHORITY_RANK[entry.authority] <= AUTHORITY_RANK.user
        ? 'user'
        : REPORTED.has(entry.type)
          ? 'reported'
          : 'typed'
    spent[kind] += textTokens(line(entry, fold.ledger)) + 1
  }
  const any = spent.user + spent.typed + spent.reported > 0
  const heads = any ? 240 : 0
  return [
    {
      kind: 'ledger',
      pinned: true,
      floor: 0.4,
      need: heads + spent.user + Math.min(TYPED_TOKENS, spent.typed),
      render(granted) {
        const tokens = granted('ledger') + granted('reported')
        const { text } = renderLedger(fold.ledger, tokens - 12, focus)
        return titled('In force', shorten(text, Math.max(24, tokens), '[more: recall with a query]'))
      },
    },
    {
      kind: 'reported',
      pinned: false,
      floor: 0,
      need: Math.min(REPORTED_TOKENS, Math.floor(limits.room * 0.07), spent.reported),
      render: () => '',
    },
  ]
}

/** The instruction files as they stand at the front of the epoch that this record is for. */
function pinnedText(fold: Fold, limits: Limits): string {
  const item = renderInstructions([...fold.instructions.values()], limits.pinnedTokens)
  if (item?.type !== 'user') return ''
  return item.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

const REPORTED: ReadonlySet<string> = new Set(['command', 'fact', 'question'])

/** Tokens that a request which is done keeps of a long text, and those that an open one keeps. */
const DONE_TEXT = 300
const OPEN_TEXT = 4_000
/** Most tokens of all requests together; what they bind to stands in the ledger besides. */
const REQUEST_TOKENS = 8_000

/** Room for marks of superseded statements. */
const LABEL_TOKENS = 16

function requestsPart(fold: Fold, limits: Limits, input: RecordInput): Part {
  const requests: RequestsInput = {
    requests: fold.requests,
    states: fold.registries.requests,
    inTail: (request) =>
      request.seq >= input.tailFrom && textTokens(request.text) + LABEL_TOKENS <= input.tailText(request.seq),
    doneText: DONE_TEXT,
    openText: Math.min(OPEN_TEXT, limits.textTokens),
    voided: voidedSpans(fold.ledger.entries.values()),
  }
  const list = requestList(requests)
  const heading = 'Requests of the user, verbatim'
  const head = textTokens(titled(heading, 'x'))
  return {
    kind: 'requests',
    pinned: true,
    floor: 0.08,
    need: list.need === 0 ? 0 : head + Math.min(list.need, REQUEST_TOKENS, Math.floor(limits.room * 0.5)),
    render: (granted) => titled(heading, list.render(granted('requests') - head)),
  }
}

function titled(heading: string, text: string): string {
  if (text.trim() === '') return ''
  return `\n## ${heading}\n${text}${text.endsWith('\n') ? '' : '\n'}`
}

/** Files that the open work touches: those of the newest steps. */
function workingSet(fold: Fold): string[] {
  const paths = new Set<string>()
  for (const node of fold.transcript.nodes.slice(-30))
    if (node.kind === 'step')
      for (const { done } of node.calls) for (const file of done?.body.files ?? []) paths.add(file.path)
  return [...paths]
}
