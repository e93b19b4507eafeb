import { wrapTextWithAnsi } from '@earendil-works/pi-tui'
import { count, duration, oneLine } from '../../output/format.ts'
import type { Paint } from '../../output/paint.ts'
import type { Block, CallView, Tone } from '../state/block.ts'
import { renderDiff } from './render-diff.ts'
import { renderMarkdown } from './render-markdown.ts'
import { shown } from './shown.ts'

/** How things are drawn: columns, colours, and whether calls are open. */
export interface Look {
  width: number
  paint: Paint
  open: boolean
}

/** Lines of a change, and of an output that tells of a failure, that are shown of a folded call. */
const FOLDED = { diff: 12, failure: 4 } as const
const OPEN_LINES = 200

function paintTone(tone: Tone, paint: Paint): (text: string) => string {
  const byTone = { good: paint.green, warn: paint.yellow, bad: paint.red, dim: paint.dim }
  return tone === 'plain' ? (text) => text : byTone[tone]
}

/** Wraps untrusted text behind a mark; lines after the first stand under the text. */
function hanging(mark: string, text: string, width: number): string[] {
  const rows = wrapTextWithAnsi(shown(text), Math.max(10, width - 2))
  return rows.map((row, n) => `${n === 0 ? mark : ' '} ${row}`.trimEnd())
}

function cut(lines: string[], most: number, look: Look): string[] {
  if (lines.length <= most) return lines
  return [
    ...lines.slice(0, most),
    look.paint.dim(`… ${count(lines.length - most, 'more line')} (Ctrl-O opens)`),
  ]
}

/** The one line that a call takes. */
export function callLine(call: CallView, { width, paint }: Look): string {
  const { done } = call
  const mark = done === null ? paint.cyan('▸') : done.ok ? paint.green('✓') : paint.red('✗')
  const exit = done === null || done.exit === null || done.exit === 0 ? '' : ` exit ${done.exit}`
  const lost = done?.lost === null || done === null ? '' : ` ${done.lost}`
  const time = done === null || done.ms < 500 ? '' : ` ${duration(done.ms)}`
  const tool = oneLine(shown(call.tool), 40)
  const room = Math.max(8, width - 6 - tool.length - exit.length - lost.length - time.length)
  return `  ${mark} ${tool} ${oneLine(shown(call.subject), room)}${paint.red(exit + lost)}${paint.dim(time)}`
}

/** Everything of a call: its arguments in full, what it changed, what it said. */
export function callDetails(call: CallView, look: Look): string[] {
  const { paint } = look
  const lines =
    call.diff === null
      ? shown(prettyArgs(call.args))
          .split('\n')
          .map((line) => paint.dim(line))
      : renderDiff(call.diff, paint)
  if (call.done !== null) lines.push('', ...shown(call.done.output).split('\n'))
  return lines
}

function prettyArgs(args: string): string {
  try {
    const parsed: unknown = JSON.parse(args)
    if (typeof parsed !== 'object' || parsed === null) return args
    return Object.entries(parsed)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n')
  } catch {
    return args
  }
}

function renderCall(call: CallView, look: Look): string[] {
  const lines = [callLine(call, look)]
  const indent = (rows: string[]) => rows.map((row) => `    ${row}`.trimEnd())
  if (look.open) return [...lines, ...indent(cut(callDetails(call, look), OPEN_LINES, look))]
  if (call.diff !== null && call.done?.ok === true)
    lines.push(...indent(cut(renderDiff(call.diff, look.paint), FOLDED.diff, look)))
  else if (call.done?.ok === false) {
    const said = shown(call.done.output)
      .split('\n')
      .filter((row) => row.trim() !== '' && !/^\[exit [^\]]*\]$/u.test(row))
      .map((row) => look.paint.dim(oneLine(row, look.width - 6)))
    lines.push(...indent(cut(said, FOLDED.failure, look)))
  }
  return lines
}

const PLAN_MARKS = { pending: '☐', active: '▸', done: '☑', dropped: '–' } as const

/** A plan, one line an item; the mark says how far it is. */
export function renderPlan(items: Extract<Block, { kind: 'plan' }>['items'], look: Look): string[] {
  return items.map(({ text, status }) => {
    const line = `  ${PLAN_MARKS[status]} ${oneLine(shown(text), look.width - 5)}`
    if (status === 'active') return look.paint.cyan(line)
    return status === 'pending' ? line : look.paint.dim(line)
  })
}

/** A finished thing in lines. All untrusted text in it is escaped here. */
export function renderBlock(block: Block, look: Look): string[] {
  const { paint, width } = look
  switch (block.kind) {
    case 'welcome': {
      const facts = shown(`${block.model} · ${block.cwd}`)
      const lines = [
        `${paint.bold('⛰ cairn')} ${paint.dim(`${block.version} · ${oneLine(facts, width - 16)}`)}`,
      ]
      if (block.notice !== null) lines.push(...hanging(paint.yellow('!'), block.notice, width))
      return lines
    }
    case 'user':
      return ['', ...hanging(paint.cyan('›'), block.text, width).map((line) => paint.bold(line)), '']
    case 'said': {
      const rows = renderMarkdown(block.text, width - 2, paint)
      const mark = block.begins ? paint.bold('●') : ' '
      const lines = rows.map((row, n) => `${n === 0 ? mark : ' '} ${row}`.trimEnd())
      return block.begins ? ['', ...lines, ''] : [...lines, '']
    }
    case 'call':
      return renderCall(block.call, look)
    case 'plan':
      return [paint.dim('  plan'), ...renderPlan(block.items, look)]
    case 'notice':
      return hanging(block.mark, block.text, width - 2).map(
        (line) => `  ${paintTone(block.tone, paint)(line)}`,
      )
    case 'report':
      return [
        paint.bold(oneLine(shown(block.title), width)),
        ...block.lines.flatMap((line) => shown(line).split('\n')),
        '',
      ]
    case 'end': {
      const mark = block.good ? paint.green(`✔ ${block.status}`) : paint.red(`✘ ${block.status}`)
      return [
        `${mark} ${paint.dim(`· ${block.totals}`)}`,
        ...block.openItems.flatMap((item) => hanging('  open:', item, width - 8).map(paint.yellow)),
        '',
      ]
    }
  }
}
