import { inspectSession, traceSession, type Trace } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { traceHtml } from '../output/trace-html.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

const MARKS: Record<string, string> = { shown: '✓', open: '○', violated: '✗', 'not shown': '?' }

/** Lays requirements, plan, changes and checks of a session beside each other. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const { id, title } = sessions.need(positionals[0] ?? null, io.cwd())
  const format = values['json'] === true ? 'json' : (stringOption(values, 'format') ?? 'text')
  const store = sessions.open(id)
  try {
    const { events, context } = inspectSession(store)
    const trace = traceSession(events, context.ledger())
    if (format === 'json') io.stdout.write(`${JSON.stringify({ session: id, ...trace })}\n`)
    else if (format === 'html') io.stdout.write(traceHtml(title, trace))
    else if (format === 'text')
      for (const line of lines(trace)) io.stdout.write(`${escapeForDisplay(line)}\n`)
    else throw new UsageError(`there is no format ${format}`, 'It has text, html and json.')
    return trace.rows.some(({ status }) => status === 'violated') ? 1 : 0
  } finally {
    store.close()
  }
}

function lines({ rows, checks, changes, unexplained }: Trace): string[] {
  const found = rows.flatMap((row) => [
    `${MARKS[row.status]} ${row.id}  ${row.text.replaceAll(/\s+/g, ' ')}`,
    `    ${row.authority} ${row.type}, ${row.status}${row.evidence.length === 0 ? '' : `, evidence: event ${row.evidence.join(', ')}`}`,
    ...(row.plan.length === 0 ? [] : [`    plan: ${row.plan.join(' · ')}`]),
    ...(row.changes.length === 0 ? [] : [`    changes: ${row.changes.join(', ')}`]),
  ])
  const checked = checks.map(
    ({ result, seq }) =>
      `${result.ok ? '✓' : '✗'} ${result.command}  event ${seq}, tree ${result.treeAfter.slice(0, 12)}`,
  )
  return [
    ...(rows.length === 0 ? ['no requirement and no constraint stands in the ledger'] : found),
    '',
    ...(checked.length === 0 ? ['no check ran'] : checked),
    `${changes.length} changed files${unexplained.length === 0 ? '' : `; nothing speaks of: ${unexplained.join(', ')}`}`,
  ]
}
