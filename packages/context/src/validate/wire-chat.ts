import { isBlank } from './item-checker.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from './json-view.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import type { Sink } from './violation.ts'
import { checkDeclarations, objectsOf } from './wire-tools.ts'

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool'])
const USER_PARTS = new Set(['text', 'image_url', 'input_audio', 'file'])

/** OpenAI Chat Completions, `POST /v1/chat/completions`, and what is compatible with it. */
export function checkChatBody(sink: Sink, body: JsonObject): void {
  if (isBlank(textAt(body, 'model') ?? '')) sink.add('model', -1, 'no model is named')
  const tools = listAt(body, 'tools')
  if (tools !== null && tools.length === 0)
    sink.add('empty-tools', -1, 'tools is an empty list: leave it out')
  const functions = objectsOf(tools)
    .filter((tool) => tool['type'] === 'function')
    .map((tool) => objectAt(tool, 'function') ?? {})
  checkDeclarations(sink, functions, {
    name: SHAPE_RULES.chat.toolName,
    schemaKeys: ['parameters'],
    schemaRequired: false,
  })
  const messages = listAt(body, 'messages')
  if (messages === null || messages.length === 0) return sink.add('empty', -1, 'there are no messages')

  /** Ids that the tool messages directly after the last answer still owe. */
  const open = new Set<string>()
  let openAt = -1
  let mayAnswer = new Set<string>()
  messages.forEach((message, i) => {
    if (!isObject(message)) return sink.add('item', i, 'message is not an object')
    const role = textAt(message, 'role') ?? ''
    if (!ROLES.has(role)) return sink.add('role', i, `role "${role}" is not known`)
    if (role === 'tool') {
      const id = textAt(message, 'tool_call_id') ?? ''
      if (!mayAnswer.has(id)) sink.add('orphan-result', i, `tool message "${id}" does not follow its call`)
      else if (!open.delete(id)) sink.add('duplicate-result', i, `call "${id}" is answered twice`)
      return checkToolContent(sink, message, i)
    }
    for (const id of open)
      sink.add('unanswered-call', openAt, `call "${id}" is not answered directly after it`)
    open.clear()
    mayAnswer = new Set()
    if (role !== 'assistant') return checkSaidContent(sink, message, role, i)
    for (const id of checkAssistant(sink, message, i)) {
      if (open.has(id)) sink.add('duplicate-call', i, `call id "${id}" twice in one answer`)
      open.add(id)
      mayAnswer.add(id)
    }
    openAt = i
  })
  for (const id of open) sink.add('unanswered-call', openAt, `call "${id}" has no tool message`)
}

function checkAssistant(sink: Sink, message: JsonObject, i: number): string[] {
  const calls = message['tool_calls']
  if (calls === undefined || calls === null) {
    const content = message['content']
    const refusal = textAt(message, 'refusal')
    const empty =
      content === null ||
      content === undefined ||
      content === '' ||
      (Array.isArray(content) && content.length === 0)
    if (empty && refusal === null) sink.add('empty-assistant', i, 'answer has neither content nor calls')
    return []
  }
  if (!Array.isArray(calls) || calls.length === 0) {
    sink.add('empty-calls', i, 'tool_calls is empty: leave it out')
    return []
  }
  const ids: string[] = []
  for (const call of calls) {
    if (!isObject(call)) {
      sink.add('call', i, 'tool call is not an object')
      continue
    }
    const id = textAt(call, 'id') ?? ''
    if (id === '' || id.length > SHAPE_RULES.chat.maxCallId)
      sink.add('call-id', i, `call id "${id}" is empty or too long`)
    else ids.push(id)
    const kind = textAt(call, 'type') ?? ''
    const spec = objectAt(call, kind)
    const name = spec === null ? '' : (textAt(spec, 'name') ?? '')
    if (kind !== 'function' && kind !== 'custom') sink.add('call', i, `call of type "${kind}"`)
    else if (!SHAPE_RULES.chat.toolName.test(name))
      sink.add('tool-name', i, `tool name "${name}" is not allowed`)
    else if (spec === null || textAt(spec, kind === 'function' ? 'arguments' : 'input') === null) {
      sink.add('call-args', i, 'arguments of a call are not text')
    }
  }
  return ids
}

function checkToolContent(sink: Sink, message: JsonObject, i: number): void {
  const content = message['content']
  if (typeof content === 'string') return
  if (!Array.isArray(content) || content.length === 0)
    return sink.add('empty-content', i, 'tool message has no content')
  for (const part of content) {
    if (!isObject(part) || part['type'] !== 'text' || textAt(part, 'text') === null) {
      sink.add('part', i, 'a tool message holds text only')
    }
  }
}

function checkSaidContent(sink: Sink, message: JsonObject, role: string, i: number): void {
  const content = message['content']
  if (typeof content === 'string') return
  if (!Array.isArray(content) || content.length === 0)
    return sink.add('empty-content', i, `${role} message has no content`)
  for (const part of content) {
    const type = isObject(part) ? (textAt(part, 'type') ?? '') : ''
    if (role === 'user' ? !USER_PARTS.has(type) : type !== 'text')
      sink.add('part', i, `part "${type}" in a ${role} message`)
    else if (isObject(part) && type === 'text' && textAt(part, 'text') === null)
      sink.add('part', i, 'text part has no text')
    else if (isObject(part) && type === 'image_url' && objectAt(part, 'image_url') === null)
      sink.add('part', i, 'image part has no image')
  }
}
