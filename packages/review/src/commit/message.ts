import type { CheckResult } from '@cairn/journal'
import type { Evidence } from './evidence.ts'
import { cutWords, plainLine } from './subject.ts'

/** Lines of a body are this long, in UTF-16 code units. */
const WIDTH = 72
/** Longest item, and most items of a list; what is left out is counted. */
const MAX_ITEM = 300
const MAX_ITEMS = 20

/** How far a check speaks for what is committed. */
export type Standing = 'exact' | 'with others' | 'stale'

export interface MessageParts {
  subject: string
  /** Words of the person below the subject; empty for none. */
  words: string
  evidence: Pick<Evidence, 'requests' | 'statements' | 'openItems' | 'checks'>
  standing: (check: CheckResult) => Standing
  /** Files in it that hold changes of somebody else, or only those. */
  foreign: readonly string[]
  trailers: readonly string[]
}

const TITLES = [
  ['shown', 'Shown by evidence:'],
  ['not shown', 'Not shown by evidence:'],
  ['open', 'Reported as open:'],
  ['violated', 'Violated:'],
] as const

/** Puts a message together. Everything below the words of the person is read from the journal, never from a model. */
export function composeMessage(parts: MessageParts): string {
  const { subject, words, evidence, standing, foreign, trailers } = parts
  const { requests, statements, openItems, checks } = evidence
  const listed = new Set(statements.map(({ text }) => plainLine(text)))
  const asked = requests.map(plainLine).filter((text) => !listed.has(text))
  const open = openItems.filter((text) => !listed.has(plainLine(text)))
  const blocks = [
    ...(requests.length > 1 ? [list('Asked for:', asked)] : []),
    ...TITLES.map(([status, title]) =>
      list(title, [
        ...statements.filter((one) => one.status === status).map(({ text }) => text),
        ...(status === 'open' ? open : []),
      ]),
    ),
    list(
      checks.length === 0 ? 'No check ran.' : 'Checks:',
      checks.map(
        (check) =>
          `${check.command}: ${resultOf(check)}, ${STANDINGS[standing(check)]} (tree ${check.treeAfter.slice(0, 12)})`,
      ),
    ),
    list('Holds changes that are not of the session:', foreign),
  ].filter((block) => block !== '')
  return `${[subject, words.trim(), blocks.join('\n'), trailers.join('\n')].filter(Boolean).join('\n\n')}\n`
}

const STANDINGS: Record<Standing, string> = {
  exact: 'on exactly these files',
  'with others': 'with changed files beside that are not in this commit',
  stale: 'before the files were as they are here',
}

export function resultOf({ ok, exit, passed, failed }: CheckResult): string {
  const counts = [
    ...(passed === null ? [] : [`${passed} passed`]),
    ...(failed === null || failed === 0 ? [] : [`${failed} failed`]),
  ]
  const verdict = ok ? 'passed' : exit === null ? 'did not end' : `failed with exit ${exit}`
  return counts.length === 0 ? verdict : `${verdict} (${counts.join(', ')})`
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return title.endsWith('.') ? title : ''
  const shown = items.slice(0, MAX_ITEMS).map((item) => wrapped(cutWords(plainLine(item), MAX_ITEM)))
  const more = items.length - shown.length
  return [title, ...shown, ...(more === 0 ? [] : [`- and ${more} more`])].join('\n')
}

/** An item with its later lines indented, so that none can be taken for a trailer or a heading. */
function wrapped(text: string): string {
  const lines: string[] = []
  let line = '-'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== '-' && line.trim() !== '') {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}
