import type { Event, Span } from '@cairn/journal'
import type { Draft } from './draft.ts'
import type { PendingCall } from './ledger-state.ts'

const LONG = 400
const TRIVIAL =
  /^\s*(?:cd\s+[^;&|]+&&\s*)?(?:ls|ll|cd|pwd|cat|head|tail|grep|rg|find|echo|wc|which|tree|stat|file|sed -n|git (?:status|diff|log|show|branch|blame|ls-files))\b[^;&|>]*$/

/** A command that was run, as a command entry with its exit code; null for looking around. */
export function commandDraft(event: Event<'tool.done'>, call: PendingCall): Draft | null {
  if (
    !call.command ||
    event.body.lost ||
    (TRIVIAL.test(call.command.text) && !call.command.text.includes('#'))
  )
    return null
  const whole = call.command.text
  const cut =
    whole.length > LONG
      ? whole.slice(0, Math.max(whole.lastIndexOf(' ', LONG - 100), 1)).toWellFormed()
      : whole
  const sources: Span[] = [{ seq: call.seq, field: call.command.field, start: 0, end: cut.length }]
  const { exit } = event.body
  if (typeof exit === 'number')
    sources.push({ seq: event.seq, field: 'exit', start: 0, end: String(exit).length })
  const outcome = typeof exit === 'number' ? ` → exit ${exit}` : event.body.ok ? ' → ok' : ' → failed'
  const key = `cmd:${normalCommand(whole)}`
  return {
    type: 'command',
    polarity: 1,
    text: `${cut}${cut.length < whole.length ? ' …' : ''}${outcome}`,
    authority: 'agent',
    scope: {},
    sources,
    claims: [{ key, value: String(exit ?? ''), base: key, subject: null }],
    cue: null,
  }
}

/** Commands that differ in spacing only are one command. */
export function normalCommand(command: string): string {
  return command.trim().replace(/\s+/g, ' ').slice(0, 300)
}
