import { neededBy, type Episode } from '../episode/episode.ts'
import { renderFolds } from '../episode/render-folds.ts'
import { renderOpenErrors } from '../episode/open-errors.ts'
import { textTokens } from './tokens.ts'
import { renderLedger } from '../ledger/render-ledger.ts'
import { renderRegistries, type Disk } from '../registry/render-registries.ts'
import type { Fold } from './fold.ts'
import type { Limits } from './limits.ts'
import { renderRequests, voidedSpans } from './render-requests.ts'
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

/** Most tokens of the ledger; what the user said binds beyond it. */
const LEDGER_TOKENS = 6_000

/** What the record is made from, besides the fold. */
export interface RecordInput {
  basis: number
  epoch: number
  tailFrom: number
  /** Tokens of the whole; what the user said and what binds may go over it. */
  budget: number
  episodes: readonly Episode[]
  disk: Disk
}

/**
 * The record at the front of an epoch: everything that is in force, from typed state, with the way to everything else.
 * Sections in a fixed order; empty ones are left out.
 */
export function renderRecord(fold: Fold, limits: Limits, input: RecordInput): RecordSection[] {
  const { basis, epoch, tailFrom, budget, episodes, disk } = input
  const newest = fold.requests.at(-1)
  const paths = workingSet(fold)
  const requests = renderRequests(
    fold.requests,
    fold.registries.requests,
    tailFrom,
    Math.floor(budget * 0.4),
    Math.max(24, Math.min(limits.textTokens, Math.floor(budget * 0.8))),
    voidedSpans(fold.ledger.entries.values()),
  )
  const ledgerTokens = Math.min(
    LEDGER_TOKENS,
    Math.max(Math.floor(budget * 0.85), Math.floor(limits.room * 0.1)),
  )
  const ledger = renderLedger(fold.ledger, ledgerTokens, {
    paths,
    ...(newest ? { text: newest.text.slice(0, 2_000) } : {}),
  })
  const registries = renderRegistries(fold.registries, disk, { sectionTokens: Math.floor(budget * 0.08) })
  const needed = neededBy(episodes, new Set(paths))
  const narrative = fold.narratives.at(-1)
  const sections: RecordSection[] = [
    {
      kind: 'frame',
      text: `Record of this session up to e:${basis} (epoch ${epoch}), written by code from the journal. What is not shown here can be had again with the recall tool: by handle (recall ref="e:12"), by path or entry id, or by a query.\n`,
    },
    { kind: 'requests', text: titled('Requests of the user, verbatim', requests) },
    {
      kind: 'ledger',
      text: titled(
        'In force',
        shorten(ledger.text, Math.floor(limits.room * 0.5), '[more: recall with a query]'),
      ),
    },
    ...registries.sections
      .filter((section) => section.kind !== 'requests')
      .map(({ kind, text }) => ({ kind, text: titled(HEADINGS[kind] ?? kind, text) })),
    {
      kind: 'errors',
      text: titled(
        'Errors that nothing has resolved yet',
        renderOpenErrors(fold.errors, Math.floor(budget * 0.08)),
      ),
    },
    { kind: 'folds', text: titled('Earlier work', renderFolds(episodes, needed, Math.floor(budget * 0.18))) },
    {
      kind: 'narrative',
      text: narrative
        ? titled(
            `Account of the work before e:${narrative.basis}, written by the model; it binds nobody`,
            shorten(`${narrative.text}\n`, Math.floor(budget * 0.15), '[…]'),
          )
        : '',
    },
  ]
  return sections.filter((section) => section.text !== '')
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

/** Tokens of sections together. */
export function sectionTokens(sections: readonly RecordSection[]): number {
  return sections.reduce((sum, section) => sum + textTokens(section.text), 0)
}
