import type { CheckResult, Event } from '@cairn/journal'
import { addEntry, closeEntry } from './add-entry.ts'
import { commandDraft, normalCommand } from './command-entry.ts'
import { trackContracts } from './contracts.ts'
import { deriveClaims } from './derive-claims.ts'
import { deriveScope } from './derive-scope.ts'
import type { Draft } from './draft.ts'
import { missingTokens } from './exact-tokens.ts'
import { extractArguments, extractAssistant, extractReport, extractTask } from './extract-assistant.ts'
import { extractCheck } from './extract-check.ts'
import { extractInstructions } from './extract-instructions.ts'
import { extractOutput } from './extract-output.ts'
import { currentEntries } from './ledger-state.ts'
import type { LedgerState } from './ledger-state.ts'
import { pendingCall } from './pending-call.ts'
import type { LedgerPorts } from './ports.ts'
import { redactSecrets } from './redact-secrets.ts'
import { reduceInherited } from './inherit-ledger.ts'
import { reportedType } from './adopt-report.ts'
import { reduceUser } from './reduce-user.ts'
import { spanText } from './span-text.ts'
import { normalText, slug } from './words.ts'

/** Tools whose output is the journal's own text, or none: reading it again would make echoes of entries. */
const ECHO = new Set(['recall', 'note', 'plan', 'finish', 'ask', 'update_plan'])
/** Tools that answer with the report of another agent. */
const REPORTS = /^(?:task|agent|sub_?agent|delegate|spawn_agent|wait_agent)$/i
const MAX_CALLS = 2000

/** Takes one event, in order. Changes `state` in place and returns it; deterministic; costs O(size of the event). */
export function reduceLedger(state: LedgerState, event: Event, ports: LedgerPorts): LedgerState {
  state.seq = event.seq
  let ordinal = 0
  const next = () => ordinal++
  const add = (draft: Draft) => addEntry(state, draft, next())
  switch (event.kind) {
    case 'session.started':
      state.cwd = event.body.cwd
      break
    case 'user.message':
      if (event.body.by === 'agent') for (const draft of extractTask(event)) add(draft)
      else reduceUser(state, event, next)
      break
    case 'ledger.inherited':
      reduceInherited(state, event)
      break
    case 'instructions.loaded':
      reduceInstructions(state, event, add)
      break
    case 'model.answered':
      for (const draft of extractAssistant(event)) add(draft)
      for (const [index, part] of event.body.parts.entries()) {
        if (part.type !== 'call') continue
        const call = pendingCall(part.tool, part.args, event.seq, `parts.${index}.args`, false)
        if (!call) continue
        remember(state, part.id, call)
        if (!ECHO.has(part.tool))
          for (const draft of extractArguments(call.args, call.seq, call.field)) add(draft)
      }
      break
    case 'tool.intended': {
      const known = state.calls.get(event.body.call)
      const readOnly = event.body.effect === 'read'
      if (known) known.readOnly = readOnly
      else {
        const call = pendingCall(event.body.tool, event.body.args, event.seq, 'args', readOnly)
        if (!call) break
        remember(state, event.body.call, call)
        if (!ECHO.has(call.tool))
          for (const draft of extractArguments(call.args, call.seq, call.field)) add(draft)
      }
      break
    }
    case 'tool.done':
      reduceDone(state, event, ports, next, add)
      break
    case 'check.finished':
      reduceCheck(state, event.body, event.seq, '', add)
      break
    case 'guard.decided':
      reduceDecision(state, event, add)
      break
    case 'note.written':
      reduceNote(state, event, ports, add)
      break
    case 'session.finished':
      if (event.body.status === 'done' || event.body.status === 'answered') closeFinished(state)
      break
    default:
      break
  }
  return state
}

type Add = (draft: Draft) => ReturnType<typeof addEntry>

function remember(state: LedgerState, id: string, call: NonNullable<ReturnType<typeof pendingCall>>): void {
  state.calls.set(id, call)
  if (state.calls.size <= MAX_CALLS) return
  const oldest = state.calls.keys().next().value
  if (oldest !== undefined) state.calls.delete(oldest)
}

function reduceInstructions(state: LedgerState, event: Event<'instructions.loaded'>, add: Add): void {
  for (const [index, file] of event.body.files.entries()) {
    const old = state.instructions.get(file.path)
    if (old?.sha256 === file.sha256) continue
    const drafts = extractInstructions(event, index, state.cwd)
    const kept = new Set(drafts.map((draft) => normalText(redactSecrets(draft.text))))
    for (const id of old?.ids ?? []) {
      const entry = state.entries.get(id)
      if (entry && !kept.has(normalText(entry.text))) closeEntry(state, entry, 'void', null)
    }
    const ids = drafts.flatMap((draft) => add(draft)?.id ?? [])
    state.instructions.set(file.path, { sha256: file.sha256, ids })
  }
}

function reduceDone(
  state: LedgerState,
  event: Event<'tool.done'>,
  ports: LedgerPorts,
  next: () => number,
  add: Add,
): void {
  const { body } = event
  const call = state.calls.get(body.call)
  state.calls.delete(body.call)
  if (call?.command) {
    const draft = commandDraft(event, call)
    if (draft) add(draft)
  }
  if (!ECHO.has(body.tool)) {
    const failed = !body.ok || (typeof body.exit === 'number' && body.exit !== 0)
    const reads =
      (call?.readOnly ?? false) ||
      (body.files?.length ? body.files.every((file) => file.op === 'seen') : false)
    const report = REPORTS.test(body.tool)
    if (report) for (const draft of extractReport(event)) add(draft)
    const drafts = extractOutput(event, ports, {
      lines: !reads && !body.lost && !report,
      failed: failed && !body.check && call?.command !== null,
    })
    const subject = call?.command ? `cmd:${normalCommand(call.command.text)}` : null
    if (!failed && subject !== null && !body.lost) closeFailures(state, subject)
    for (const draft of drafts) {
      const entry = add(draft)
      if (entry?.type === 'failure' && subject !== null) openFailure(state, subject, entry.id)
    }
  }
  if (body.check) reduceCheck(state, body.check, event.seq, 'check', add)
  trackContracts(state, event, call, ports, next)
}

function reduceCheck(state: LedgerState, check: CheckResult, seq: number, field: string, add: Add): void {
  const subject = `check:${normalCommand(check.command)}`
  const failing = extractCheck(check, seq, field)
  const ids = new Set(failing.map((failure) => failure.id))
  const complete = check.failed === null || check.failed <= check.failures.length
  for (const [known] of state.failures) {
    if (!known.startsWith(`${subject}#`)) continue
    const test = known.slice(subject.length + 1)
    // A run that died before its tests proves nothing about them.
    const ended =
      check.ok ||
      (complete && check.failures.length > 0 && !check.failures.some((failure) => failure.id === test))
    if (ended || ids.has(test)) closeFailures(state, known, ended)
  }
  for (const failure of failing) {
    const entry = add(failure.draft)
    if (entry) openFailure(state, `${subject}#${failure.id}`, entry.id)
  }
  // The same command may have failed before outside a check.
  if (check.ok) closeFailures(state, `cmd:${normalCommand(check.command)}`)
  if (!check.ok && failing.length === 0) {
    const draft = checkFailed(check, seq, field)
    const entry = add(draft)
    if (entry) openFailure(state, `${subject}#`, entry.id)
  }
}

function checkFailed(check: CheckResult, seq: number, field: string): Draft {
  const at = field === '' ? '' : `${field}.`
  const command = check.command.slice(0, 300)
  const sources = [{ seq, field: `${at}command`, start: 0, end: command.length }]
  const exit = check.exit === null ? '' : ` (exit ${check.exit})`
  if (check.exit !== null) sources.push({ seq, field: `${at}exit`, start: 0, end: String(check.exit).length })
  return {
    type: 'failure',
    polarity: 1,
    text: `${command} fails${exit}`,
    authority: 'tool',
    scope: {},
    sources,
    claims: [],
    cue: null,
  }
}

function openFailure(state: LedgerState, subject: string, id: string): void {
  const ids = state.failures.get(subject)
  if (ids) ids.add(id)
  else state.failures.set(subject, new Set([id]))
}

/** `fixed` false: the failure is about to be opened again with its newest message. */
function closeFailures(state: LedgerState, subject: string, fixed = true): void {
  for (const id of state.failures.get(subject) ?? []) {
    const entry = state.entries.get(id)
    if (entry) closeEntry(state, entry, fixed ? 'done' : 'void', null)
  }
  state.failures.delete(subject)
}

function reduceDecision(state: LedgerState, event: Event<'guard.decided'>, add: Add): void {
  const { call, decision, reason, actionSha256 } = event.body
  const key = `denied:${actionSha256}`
  if (decision === 'allow') {
    for (const id of state.byKey.get(key) ?? []) {
      const entry = state.entries.get(id)
      if (entry) closeEntry(state, entry, 'void', null)
    }
  }
  if (decision !== 'deny') return
  const pending = state.calls.get(call)
  const command = pending?.command
    ? (pending.command.text.slice(0, 200).split('\n')[0]?.split(/\s#\s/)[0]?.trim() ?? '')
    : ''
  const what = command === '' ? (pending?.tool ?? 'this call') : `\`${command}\``
  const sources = [{ seq: event.seq, field: 'reason', start: 0, end: reason.length }]
  if (pending?.command && command !== '')
    sources.push({
      seq: pending.seq,
      field: pending.command.field,
      start: 0,
      end: command.length + pending.command.text.indexOf(command),
    })
  const claims = [{ key, value: 'deny', base: key, subject: null }]
  add({
    type: 'constraint',
    polarity: -1,
    text: `Denied: ${what}: ${reason}`,
    authority: 'user',
    scope: {},
    sources,
    claims,
    cue: null,
  })
}

function reduceNote(state: LedgerState, event: Event<'note.written'>, ports: LedgerPorts, add: Add): void {
  const { id, text, key, scope, source, report } = event.body
  // A sub-agent's words bind nobody, whatever else the event says.
  const type = report ? reportedType(event.body.type) : event.body.type
  const by = report ? undefined : event.body.by
  const supersedes = report ? undefined : event.body.supersedes
  const own = { seq: event.seq, field: 'text', start: 0, end: text.length }
  const proven = source && source.length > 0 ? sourceHolds(text, source, ports) : true
  const named = key === undefined ? null : key.split(':').map(slug).join(':')
  const polarity = /\b(?:never|must not|do not|don't|not to|avoid)\b/i.test(text) ? -1 : 1
  const entry = add({
    type,
    polarity: type === 'rejected' ? -1 : polarity,
    text,
    authority: by ?? 'agent',
    scope: scope ?? deriveScope(text),
    sources: proven && source ? [own, ...source] : [own],
    claims: report
      ? []
      : named
        ? [{ key: named, value: '', base: named, subject: null }]
        : type === 'fact' || type === 'question'
          ? []
          : deriveClaims(text, polarity),
    cue: null,
    ...(proven ? {} : { status: 'unverified' as const }),
    ...(supersedes ? { supersedes } : {}),
  })
  if (entry) state.notes.set(id, entry.id)
}

/** A note that names its source must have its exact tokens from there. */
function sourceHolds(
  text: string,
  source: NonNullable<Event<'note.written'>['body']['source']>,
  ports: LedgerPorts,
): boolean {
  const texts = source.map((span) => {
    const event = ports.event?.(span.seq)
    return event ? spanText(event, span, ports) : null
  })
  if (texts.includes(null)) return false
  return missingTokens(text, texts.join('\n')).length === 0
}

/** What was asked for is done, and what held "for this task" has ended. Rules stay. */
function closeFinished(state: LedgerState): void {
  for (const entry of currentEntries(state)) {
    const ended =
      entry.scope.until !== undefined &&
      /\b(?:this|the current) (?:task|change|request|fix|session)\b/i.test(entry.scope.until)
    const asked = (entry.type === 'requirement' || entry.type === 'question') && entry.authority === 'user'
    if (ended || asked) closeEntry(state, entry, 'done', null)
  }
}
