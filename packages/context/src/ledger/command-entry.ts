import type { Event, Span } from '@cairn/journal'
import type { Draft } from './draft.ts'
import { essentialCommand } from './essential-command.ts'
import type { PendingCall } from './ledger-state.ts'

const LONG = 400
/** A command that was run, as a command entry with its exit code; null for looking around and for chores. */
export function commandDraft(event: Event<'tool.done'>, call: PendingCall): Draft | null {
  const found = call.command && !event.body.lost ? essentialCommand(call.command.text) : null
  if (!call.command || !found) return null
  const whole = call.command.text.slice(found.start, found.end)
  const cut =
    whole.length > LONG
      ? whole.slice(0, Math.max(whole.lastIndexOf(' ', LONG - 100), 1)).toWellFormed()
      : whole
  const { start } = found
  const sources: Span[] = [{ seq: call.seq, field: call.command.field, start, end: start + cut.length }]
  const { exit } = event.body
  const known = !found.filtered && typeof exit === 'number'
  if (known) sources.push({ seq: event.seq, field: 'exit', start: 0, end: String(exit).length })
  const outcome = found.filtered ? '' : known ? ` → exit ${exit}` : event.body.ok ? ' → ok' : ' → failed'
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
    // One that fails teaches nothing, except that what was known of it has ended.
    ...(event.body.ok && (exit === undefined || exit === null || exit === 0) ? {} : { onlyIfEnds: true }),
  }
}

/** Commands that differ in spacing only are one command. */
export function normalCommand(command: string): string {
  return command.trim().replace(/\s+/g, ' ').slice(0, 300)
}
