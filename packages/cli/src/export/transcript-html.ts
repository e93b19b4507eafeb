import { escapeForDisplay } from '@cairn/guard'
import type { Block, CallView } from '../tui/state/block.ts'
import type { DiffLine } from '@cairn/server'
import type { TranscriptHead } from './transcript.ts'

const escape = (text: string) =>
  escapeForDisplay(text).replaceAll(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`)

const MARKS: Record<DiffLine['type'], string> = { file: '', hunk: '⋯ ', add: '+ ', del: '- ', same: '  ' }

const diff = (lines: readonly DiffLine[]) =>
  `<pre>${lines.map(({ type, text }) => `<span class="${type}">${escape(MARKS[type] + text)}</span>`).join('\n')}</pre>`

function call({ tool, subject, args, diff: change, done }: CallView): string {
  const state = done === null ? 'open' : done.ok ? 'good' : 'bad'
  const exit = done?.exit === null || done === null || done.exit === 0 ? '' : ` · exit ${done.exit}`
  const lost = done?.lost === null || done === null ? '' : ` · ${done.lost}`
  const output = done === null || done.output === '' ? '' : `<pre>${escape(done.output)}</pre>`
  const asked = change === null ? `<pre>${escape(args)}</pre>` : diff(change)
  return `<details class="call ${state}"><summary><b>${escape(tool)}</b> <code>${escape(subject)}</code>${escape(exit + lost)}</summary>${asked}${output}</details>`
}

function block(item: Block): string {
  switch (item.kind) {
    case 'user':
      return `<section class="user">${escape(item.text)}</section>`
    case 'said':
      return `<section class="said">${escape(item.text.trim())}</section>`
    case 'call':
      return call(item.call)
    case 'plan':
      return `<ul class="plan">${item.items.map(({ text, status }) => `<li class="${status}">${escape(text)} <small>${status}</small></li>`).join('')}</ul>`
    case 'notice':
      return `<p class="notice ${item.tone}">${escape(`${item.mark} ${item.text}`)}</p>`
    case 'end':
      return `<section class="end ${item.good ? 'good' : 'bad'}"><b>${escape(item.status)}</b> · ${escape(item.totals)}${item.openItems.length === 0 ? '' : `<ul>${item.openItems.map((open) => `<li>${escape(open)}</li>`).join('')}</ul>`}</section>`
    default:
      return ''
  }
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.55 system-ui,sans-serif;margin:2rem auto;max-width:56rem;padding:0 1rem}
section{white-space:pre-wrap;overflow-wrap:anywhere;margin:1rem 0}.user{border-left:3px solid #0969da;padding:.3rem .8rem;font-weight:600}
pre{background:#8881;padding:.6rem;overflow:auto;max-height:32rem;font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere}
summary{cursor:pointer}.good>summary b,.end.good b{color:#1a7f37}.bad>summary b,.end.bad b,.notice.bad{color:#cf222e}.notice.warn{color:#9a6700}
.add{color:#1a7f37}.del{color:#cf222e}.file{font-weight:600}.hunk,small,.notice.dim,header p{opacity:.65}.done,.dropped{text-decoration:line-through;opacity:.65}`

/** A page of its own: no script, nothing loaded from elsewhere, every text of the session escaped. */
export function transcriptHtml(head: TranscriptHead, blocks: readonly Block[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(head.title)}</title><style>${STYLE}</style></head><body>
<header><h1>${escape(head.title)}</h1><p>${escape(head.facts.join(' · '))}</p></header>
${blocks.map(block).filter(Boolean).join('\n')}
</body></html>
`
}
