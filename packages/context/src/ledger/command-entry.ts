import type { Event, Span } from '@cairn/journal'
import type { Draft } from './draft.ts'
import type { PendingCall } from './ledger-state.ts'

const LONG = 400
const TRIVIAL =
  /^\s*(?:cd\s+[^;&|]+&&\s*)?(?:ls|ll|cd|pwd|cat|head|tail|grep|rg|find|echo|wc|which|tree|stat|file|sed -n|git (?:status|diff|log|show|branch|blame|ls-files))\b[^;&|>]*$/

/** Moving files, keeping the tree and editing by stream: done once, nothing to learn from. */
const CHORE =
  /^\s*(?:cd\s+[^;&|]+&&\s*)?(?:git (?:add|commit|checkout|switch|restore|stash|reset|rm|mv|merge|rebase|pull|push|fetch|clean|config)|sed -i|mkdir|cp|mv|rm|rmdir|touch|chmod|ln|kill|sleep|export|true|clear|exit|date|whoami|env|printf|test|perl -p?i)\b[^;&|]*$/

/** A command that was run, as a command entry with its exit code; null for looking around. */
export function commandDraft(event: Event<'tool.done'>, call: PendingCall): Draft | null {
  const bare = call.command?.text.replace(/"[^"]*"|'[^']*'/g, "''") ?? ''
  if (
    !call.command ||
    event.body.lost ||
    ((TRIVIAL.test(call.command.text) || CHORE.test(bare)) && !call.command.text.includes('#'))
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
    // One that fails teaches nothing, except that what was known of it has ended.
    ...(event.body.ok && (exit === undefined || exit === null || exit === 0) ? {} : { onlyIfEnds: true }),
  }
}

/** Commands that differ in spacing only are one command. */
export function normalCommand(command: string): string {
  return command.trim().replace(/\s+/g, ' ').slice(0, 300)
}
