import type { CheckResult, Event, FileEffect, Json } from '@cairn/journal'
import { outline } from '../ledger/outline.ts'
import { isOpaque } from './opaque-command.ts'
import type { FileState, Registries } from './registries.ts'

const MAX_RANGES = 8
const MAX_DENIALS = 50
const MAX_EXECUTING = 2000

/**
 * Takes one event, in order. Changes `state` in place and returns it; deterministic; costs O(size of the event).
 * With `blob`, outlines of written files are kept too.
 */
export function reduceRegistries(
  state: Registries,
  event: Event,
  ports: { blob?(sha256: string): Uint8Array | null } = {},
): Registries {
  state.seq = event.seq
  switch (event.kind) {
    case 'user.message':
      takeRequest(state, event)
      break
    case 'model.answered':
      takeAnswer(state, event)
      break
    case 'tool.intended':
      takeIntent(state, event)
      break
    case 'tool.done':
      takeDone(state, event, ports)
      break
    case 'check.finished':
      takeCheck(state, event.body, event.seq)
      break
    case 'plan.updated':
      state.plan = { seq: event.seq, items: event.body.items }
      break
    case 'process.started':
      state.processes.set(event.body.id, {
        ...event.body,
        startedSeq: event.seq,
        endedSeq: null,
        exit: null,
        signal: null,
      })
      break
    case 'process.ended': {
      const known = state.processes.get(event.body.id)
      if (known)
        Object.assign(known, { endedSeq: event.seq, exit: event.body.exit, signal: event.body.signal })
      // What ran in the background until now may have written until now.
      state.opaque.push(event.seq)
      break
    }
    case 'guard.decided':
      if (event.body.decision === 'deny')
        state.denials.push({ seq: event.seq, call: event.body.call, reason: event.body.reason })
      if (state.denials.length > MAX_DENIALS) state.denials.shift()
      break
    case 'session.environment':
      for (const [name, value] of Object.entries(event.body.facts)) state.environment.set(name, value)
      break
    case 'gate.decided':
      if (event.body.accepted) closeRequests(state, event.seq, 'accepted', event.seq)
      break
    case 'session.finished': {
      const { status } = event.body
      if (status === 'done' || status === 'answered' || status === 'done-with-open-items')
        closeRequests(state, event.seq, status, event.seq)
      break
    }
    default:
      break
  }
  return state
}

function takeRequest(state: Registries, event: Event<'user.message'>): void {
  closeRequests(state, state.lastAnswer, 'next-turn', event.seq)
  const attachments = event.body.attachments ?? []
  state.requests.push({
    seq: event.seq,
    turn: event.turn,
    preview: event.body.text.trimStart().split('\n', 1)[0]?.slice(0, 100).toWellFormed() ?? '',
    status: 'open',
    closedBy: null,
    closedAs: null,
    attachments: attachments.length,
  })
  for (const { sha256, mime } of attachments)
    if (mime.startsWith('image/')) state.images.push({ seq: event.seq, sha256, mime, request: event.seq })
}

/** Requests are closed in order, so the open ones are at the end. */
function closeRequests(
  state: Registries,
  upTo: number,
  as: NonNullable<Registries['requests'][number]['closedAs']>,
  by: number,
): void {
  for (let at = state.requests.length - 1; at >= 0; at--) {
    const request = state.requests[at]
    if (!request || request.status === 'done') break
    if (request.seq < upTo) Object.assign(request, { status: 'done', closedBy: by, closedAs: as })
  }
}

function takeAnswer(state: Registries, event: Event<'model.answered'>): void {
  let calls = 0
  for (const part of event.body.parts) {
    if (part.type !== 'call') continue
    calls++
    const args = parsed(part.args)
    if (part.tool === 'skill' && typeof args.name === 'string')
      state.skills.set(args.name, { name: args.name, seq: event.seq })
    executing(state, part.id, { command: commandOf(args), readOnly: false })
  }
  if (calls === 0 && event.body.finish === 'stop') state.lastAnswer = event.seq
}

function takeIntent(state: Registries, event: Event<'tool.intended'>): void {
  const { call, args, effect } = event.body
  const object = args !== null && typeof args === 'object' && !Array.isArray(args) ? args : {}
  executing(state, call, { command: commandOf(object), readOnly: effect === 'read' || effect === 'control' })
}

function executing(state: Registries, id: string, call: { command: string | null; readOnly: boolean }): void {
  state.executing.set(id, call)
  if (state.executing.size <= MAX_EXECUTING) return
  const oldest = state.executing.keys().next().value
  if (oldest !== undefined) state.executing.delete(oldest)
}

function commandOf(args: { [key: string]: Json }): string | null {
  for (const name of ['command', 'cmd', 'script', 'shell']) {
    const value = args[name]
    if (typeof value === 'string') return value
  }
  return null
}

function parsed(text: string): { [key: string]: Json } {
  try {
    const value: Json = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

function takeDone(
  state: Registries,
  event: Event<'tool.done'>,
  ports: { blob?(sha256: string): Uint8Array | null },
): void {
  const { body, seq } = event
  const call = state.executing.get(body.call)
  state.executing.delete(body.call)
  for (const file of body.files ?? []) takeFile(state, file, seq, ports)
  if (body.files?.some((file) => file.op !== 'seen')) state.writes.push(seq)
  // A command that reports its effects is not opaque; a killed one may have done half of anything.
  else if (
    call &&
    !call.readOnly &&
    call.command !== null &&
    (body.lost === 'interrupted' || (!body.files && isOpaque(call.command)))
  )
    state.opaque.push(seq)
  if (body.check) takeCheck(state, body.check, seq)
}

function takeFile(
  state: Registries,
  effect: FileEffect,
  seq: number,
  ports: { blob?(sha256: string): Uint8Array | null },
): void {
  const file: FileState = state.files.get(effect.path) ?? {
    path: effect.path,
    hash: null,
    seen: [],
    wrote: [],
    lastSeq: seq,
    outline: [],
  }
  state.files.set(effect.path, file)
  const known = file.seen.at(-1)?.hash ?? null
  if (effect.op === 'seen') {
    if (effect.range) file.seen.push({ seq, hash: effect.after, range: effect.range })
    else file.seen = [{ seq, hash: effect.after }]
    if (file.seen.length > MAX_RANGES) file.seen.splice(1, 1)
  } else {
    file.wrote.push(seq)
    if (file.wrote.length > 32) file.wrote.shift()
    // The model knows what it made of content that it knew; after a blind change it does not.
    const blind =
      effect.op === 'wrote' &&
      effect.before !== null &&
      effect.before !== undefined &&
      effect.before !== known
    file.seen = blind ? file.seen : [{ seq, hash: effect.op === 'deleted' ? null : effect.after }]
    if (effect.op === 'deleted') file.outline = []
  }
  file.hash = effect.op === 'deleted' ? null : effect.after
  file.lastSeq = seq
  const bytes = effect.op === 'wrote' && effect.after !== null ? ports.blob?.(effect.after) : null
  if (bytes)
    file.outline = outline(effect.path, new TextDecoder().decode(bytes)).map((signature) => signature.name)
}

function takeCheck(state: Registries, check: CheckResult, seq: number): void {
  const before = state.tests.get(check.command)
  const signature = check.ok ? null : failureSignature(check)
  state.tests.delete(check.command)
  state.tests.set(check.command, {
    command: check.command,
    last: check.ok ? 'pass' : check.exit === null ? 'unknown' : 'fail',
    seq,
    tree: check.tree,
    signature,
    repeats: signature !== null && before?.signature === signature ? before.repeats + 1 : 1,
    result: check,
  })
  if (check.treeAfter !== check.tree) state.writes.push(seq)
  state.tree = { seq, hash: check.treeAfter }
}

/** What failed, without what differs between two runs of the same defect. */
function failureSignature(check: CheckResult): string {
  const parts = check.failures.map(({ id, message }) => `${id}|${message.slice(0, 300)}`)
  const text = parts.length > 0 ? parts.sort().join('\n') : `exit ${check.exit}`
  return text
    .replace(/0x[0-9a-f]+/gi, '0x')
    .replace(/(?:\/[\w.@-]+){2,}/g, '/…')
    .replace(/\d+(?:\.\d+)?\s?(?:ms|s|m)\b/g, 'T')
    .replace(/\b[0-9a-f]{7,64}\b/g, 'H')
    .replace(/\d+/g, '0')
}
