import { escapeForDisplay } from '@cairn/guard'
import type { Block, CallView } from '../tui/state/block.ts'
import type { DiffLine } from '@cairn/server'
import type { TranscriptHead } from './transcript.ts'

const MARKS: Record<DiffLine['type'], string> = { file: '# ', hunk: '@@ ', add: '+', del: '-', same: ' ' }

/** A fence that nothing in the text can close. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text.replace(/\n$/u, '')}\n${fence}`
}

/** One line in which nothing is markup. */
const plain = (text: string) =>
  text.replaceAll(/\s+/gu, ' ').replaceAll(/[\\`*_[\]<>#|&~]/gu, (char) => `\\${char}`)

const quoted = (text: string) => text.replaceAll(/^/gmu, '> ')

function call({ tool, subject, args, diff, done }: CallView): string {
  const state = done === null ? '…' : done.ok ? '✓' : '✗'
  const exit = done?.exit === null || done === null || done.exit === 0 ? '' : ` (exit ${done.exit})`
  const asked =
    diff === null
      ? subject === ''
        ? fenced(args)
        : ''
      : fenced(diff.map(({ type, text }) => MARKS[type] + text).join('\n'), 'diff')
  const output =
    done === null || done.output.trim() === '' || (diff !== null && done.ok) ? '' : fenced(done.output)
  return [`${state} **${plain(tool)}** ${plain(subject)}${exit}`, asked, output].filter(Boolean).join('\n\n')
}

function block(item: Block): string {
  switch (item.kind) {
    case 'user':
      return quoted(item.text)
    case 'said':
      return item.text.trim()
    case 'call':
      return call(item.call)
    case 'plan':
      return item.items
        .map(
          ({ text, status }) =>
            `- [${status === 'done' ? 'x' : ' '}] ${plain(text)}${status === 'dropped' ? ' (dropped)' : ''}`,
        )
        .join('\n')
    case 'notice':
      return `*${plain(`${item.mark} ${item.text}`.trim())}*`
    case 'end':
      return [
        `**${plain(item.status)}** · ${plain(item.totals)}`,
        ...item.openItems.map((open) => `- open: ${plain(open)}`),
      ].join('\n')
    default:
      return ''
  }
}

/** A session for people to read; the answers of the model are Markdown already and stay as they are. */
export function transcriptMarkdown(head: TranscriptHead, blocks: readonly Block[]): string {
  const parts = [`# ${plain(head.title)}`, plain(head.facts.join(' · ')), ...blocks.map(block)]
  return `${escapeForDisplay(parts.filter(Boolean).join('\n\n'))}\n`
}
