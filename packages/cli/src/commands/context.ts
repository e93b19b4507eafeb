import { inspectSession, type SessionInspection } from '@cairn/agent'
import { checkContext, contextCost, diffEpoch, why } from '@cairn/context'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { count, money, oneLine, tokens } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

type Report = { json: unknown; lines: string[]; code?: number }
type Verb = (
  inspection: SessionInspection,
  word: string | undefined,
  blob: (sha256: string) => Uint8Array | null,
) => Report

const show: Verb = ({ context }) => {
  const usage = context.usage()
  const ledger = context.ledger()
  const used = Math.round((100 * usage.estimate) / usage.window)
  return {
    json: { ...usage, ledger },
    lines: [
      `epoch ${usage.epoch}, about ${tokens(usage.estimate)} of ${tokens(usage.window)} tokens (${used} %)`,
      ...usage.parts.map((part) => `  ${tokens(part.tokens).padStart(7)}  ${part.kind}`),
      '',
      `ledger: ${count(ledger.length, 'entry', 'entries')} in force`,
      ...ledger.map(
        (entry) => `  ${entry.id}  ${entry.authority} ${entry.type}: ${oneLine(entry.text, 100)}`,
      ),
    ],
  }
}

const explain: Verb = ({ context, events }, word, blob) => {
  if (word === undefined)
    throw new UsageError(
      'cairn context why needs a line or an entry id',
      'For example: cairn context why "the port must stay 8080"',
    )
  const found = why(context, word, { event: (at) => events.find(({ seq }) => seq === at) ?? null, blob })
  const lines = [found.where === null ? 'not in the next request' : `in the next request: ${found.where}`]
  for (const { entry, sources } of found.entries) {
    lines.push(
      `${entry.id}  ${entry.authority} ${entry.type}, ${entry.status}, since event ${entry.validFrom}`,
    )
    for (const { span, text } of sources)
      lines.push(
        `  event ${span.seq} ${span.field} ${span.start}–${span.end}: ${oneLine(text ?? '(erased)', 100)}`,
      )
  }
  for (const event of found.events)
    lines.push(`event ${event.seq} ${event.kind}: ${oneLine(event.excerpt, 100)}`)
  return {
    json: found,
    lines,
    code: found.where === null && found.entries.length + found.events.length === 0 ? 1 : 0,
  }
}

const diff: Verb = ({ context, events }, word) => {
  const epoch = word === undefined ? context.usage().epoch : Number(word)
  if (!Number.isInteger(epoch) || epoch < 0)
    throw new UsageError(`${word} is no epoch`, 'Give its number, for example: cairn context diff 1')
  if (epoch === 0) return { json: null, lines: ['the context was never rewritten: nothing left it'] }
  const found = diffEpoch(events, epoch)
  if (found === null)
    throw new UsageError(`there is no epoch ${epoch}`, `The newest is ${context.usage().epoch}.`)
  const lines = [
    `epoch ${epoch} (${found.cause}) at event ${found.seq}: ${tokens(found.before)} → ${tokens(found.after)} tokens, ${count(found.leftCount, 'item')} left`,
  ]
  for (const item of found.left)
    lines.push(`  ${tokens(item.tokens).padStart(6)}  ${item.handle}  ${item.how}  ${oneLine(item.what, 80)}`)
  for (const file of found.files) lines.push(`  current file: ${file.path} @${file.sha256.slice(0, 8)}`)
  if (found.narrative !== null)
    lines.push(
      'kept' in found.narrative
        ? `narrative: ${found.narrative.kept.length} characters kept, ${count(found.narrative.struck, 'sentence')} struck`
        : `narrative dropped: ${found.narrative.dropped}`,
    )
  return { json: found, lines }
}

const cost: Verb = ({ config, events }) => {
  const bill = contextCost(events, config.model)
  const share = bill.input === 0 ? 0 : Math.round((100 * bill.cachedInput) / bill.input)
  return {
    json: bill,
    lines: [
      `${count(bill.answers, 'answer')}: ${tokens(bill.input)} tokens in (${share} % cached), ${tokens(bill.output)} out, ${money(bill.usd)}`,
      `${count(bill.epochs, 'epoch switch', 'epoch switches')}, largest request ${tokens(bill.peak)} tokens, bill ${tokens(Math.round(bill.bill))} uncached-token equivalents`,
      ...bill.breaks.map(
        (each) =>
          `  cache break at event ${each.seq}: ${tokens(each.tokens)} tokens again, ${each.cause}${each.detail === '' ? '' : ` (${each.detail})`}`,
      ),
    ],
  }
}

const check: Verb = ({ config, ports, events }) => {
  const report = checkContext(config, ports, events)
  return {
    json: report,
    code: report.findings.length === 0 ? 0 : 1,
    lines: [
      ...report.findings.map(
        (finding) => `✗ ${finding.invariant} at event ${finding.seq}: ${finding.message}`,
      ),
      `${report.findings.length === 0 ? '✓ all invariants hold' : `✗ ${count(report.findings.length, 'finding')}`}: ${count(report.requests, 'request')}, ${count(report.epochs, 'epoch switch', 'epoch switches')}`,
    ],
  }
}

const VERBS: Record<string, Verb> = { show, why: explain, diff, cost, check }

export async function run({ positionals, values, io }: Invocation): Promise<number> {
  const [name = '', word] = positionals
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (verb === undefined)
    throw new UsageError(
      `cairn context has no ${JSON.stringify(name)}`,
      `It has ${Object.keys(VERBS).join(', ')}. See \`cairn context --help\`.`,
    )
  const sessions = openSessions(io.env)
  const store = sessions.open(sessions.need(stringOption(values, 'session'), io.cwd()).id)
  try {
    const inspection = inspectSession(store)
    const report = verb(inspection, word, (sha256) => store.getBlob(sha256))
    inspection.context.close()
    io.stdout.write(
      values['json'] === true
        ? `${JSON.stringify(report.json, null, 2)}\n`
        : report.lines.map((line) => `${escapeForDisplay(line)}\n`).join(''),
    )
    return report.code ?? 0
  } finally {
    store.close()
  }
}
