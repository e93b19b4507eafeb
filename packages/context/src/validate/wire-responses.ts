import { isBlank } from './item-checker.ts'
import { isObject, type JsonObject, listAt, textAt } from './json-view.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import type { Sink } from './violation.ts'
import { checkDeclarations, objectsOf } from './wire-tools.ts'

const CALLS: Record<string, string> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  local_shell_call: 'local_shell_call_output',
  shell_call: 'shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
}
const OUTPUTS = new Set(Object.values(CALLS))
const ROLES = new Set(['user', 'assistant', 'system', 'developer'])
const USER_PARTS = new Set(['input_text', 'input_image', 'input_file', 'input_audio'])
const SAID_PARTS = new Set(['output_text', 'refusal'])

/** OpenAI Responses, `POST /v1/responses`. */
export function checkResponsesBody(sink: Sink, body: JsonObject): void {
  if (isBlank(textAt(body, 'model') ?? '')) sink.add('model', -1, 'no model is named')
  checkDeclarations(
    sink,
    objectsOf(listAt(body, 'tools')).filter((tool) => tool['type'] === 'function'),
    {
      name: SHAPE_RULES.responses.toolName,
      schemaKeys: ['parameters'],
      schemaRequired: true,
    },
  )
  if (typeof body['input'] === 'string') {
    if (body['input'] === '') sink.add('empty', -1, 'input is empty')
    return
  }
  const input = listAt(body, 'input')
  if (input === null || input.length === 0) {
    if (textAt(body, 'previous_response_id') === null) sink.add('empty', -1, 'input has no items')
    return
  }
  checkInput(sink, body, input)
}

function checkInput(sink: Sink, body: JsonObject, input: readonly unknown[]): void {
  // With chaining, calls may lie in the stored part of the transcript.
  const chained = textAt(body, 'previous_response_id') !== null
  const stateless = body['store'] === false
  let calls = new Map<string, string>()
  let answered = new Set<string>()
  const open = new Map<string, number>()
  let answering = false
  let reasoningAt = -1
  let breakpoints = 0

  input.forEach((item, i) => {
    if (!isObject(item)) return sink.add('item', i, 'input item is not an object')
    const type = textAt(item, 'type') ?? (item['role'] === undefined ? '' : 'message')
    if (reasoningAt >= 0 && type !== 'reasoning') {
      if (!isModelOutput(type, item))
        sink.add('reasoning-alone', reasoningAt, 'reasoning is not followed by its item')
      reasoningAt = -1
    }
    const output = OUTPUTS.has(type)
    if (open.size > 0 && !output && (answering || startsTurn(type, item))) {
      for (const [id, at] of open)
        sink.add('unanswered-call', at, `call "${id}" has no output before the next model turn`)
      open.clear()
    }
    if (!output) answering = false

    if (type === 'message') breakpoints += checkMessage(sink, item, i)
    else if (type === 'reasoning') {
      reasoningAt = i
      if (listAt(item, 'summary') === null) sink.add('reasoning-summary', i, 'reasoning has no summary list')
      if (stateless && isBlank(textAt(item, 'encrypted_content') ?? '')) {
        sink.add('reasoning-plain', i, 'reasoning without encrypted content, but nothing is stored')
      }
    } else if (CALLS[type] !== undefined) {
      const id = checkCall(sink, item, type, i)
      if (id === null) return
      if (calls.has(id)) sink.add('duplicate-call', i, `call id "${id}" was used before`)
      calls.set(id, CALLS[type] ?? '')
      open.set(id, i)
    } else if (output) {
      answering = true
      const id = textAt(item, 'call_id') ?? ''
      const expected = calls.get(id)
      if (expected === undefined && !chained)
        sink.add('orphan-result', i, `output "${id}" has no call before it`)
      if (expected !== undefined && expected !== type)
        sink.add('result-kind', i, `${type} answers a call that wants ${expected}`)
      if (answered.has(id)) sink.add('duplicate-result', i, `call "${id}" is answered twice`)
      answered.add(id)
      open.delete(id)
      if (typeof item['output'] !== 'string' && !Array.isArray(item['output']) && !isObject(item['output'])) {
        sink.add('result-output', i, 'output is neither text nor parts')
      }
    } else if (type === 'compaction') {
      if (isBlank(textAt(item, 'encrypted_content') ?? ''))
        sink.add('compaction', i, 'compaction item has no content')
      // What stands before it is dropped by the provider: nothing after may need it.
      calls = new Map()
      answered = new Set()
    } else if (type === 'compaction_trigger') {
      if (i !== input.length - 1) sink.add('trigger-not-last', i, 'compaction_trigger is not the last item')
    } else if (type === '') sink.add('item', i, 'input item has neither type nor role')
  })
  if (reasoningAt >= 0) sink.add('reasoning-alone', reasoningAt, 'reasoning is the last item')
  for (const [id, at] of open) sink.add('unanswered-call', at, `call "${id}" has no output`)
  if (breakpoints > 4) sink.add('cache-marks', -1, `${breakpoints} cache breakpoints, allowed 4`)
}

function startsTurn(type: string, item: JsonObject): boolean {
  return (
    (type === 'message' && item['role'] !== 'assistant') ||
    type === 'compaction' ||
    type === 'compaction_trigger'
  )
}

function isModelOutput(type: string, item: JsonObject): boolean {
  if (type === 'message') return item['role'] === 'assistant'
  return CALLS[type] !== undefined || type.endsWith('_call') || type === 'item_reference'
}

function checkCall(sink: Sink, item: JsonObject, type: string, i: number): string | null {
  const id = textAt(item, 'call_id')
  if (id === null || id === '' || id.length > SHAPE_RULES.responses.maxCallId) {
    sink.add('call-id', i, `call id "${id ?? ''}" is empty or too long`)
    return null
  }
  if (type !== 'function_call' && type !== 'custom_tool_call') return id
  const name = textAt(item, 'name') ?? ''
  if (!SHAPE_RULES.responses.toolName.test(name))
    sink.add('tool-name', i, `tool name "${name}" is not allowed`)
  const argsKey = type === 'function_call' ? 'arguments' : 'input'
  if (textAt(item, argsKey) === null) sink.add('call-args', i, `${argsKey} of a call is not text`)
  return id
}

function checkMessage(sink: Sink, item: JsonObject, i: number): number {
  const role = textAt(item, 'role') ?? ''
  if (!ROLES.has(role)) sink.add('role', i, `role "${role}" is not known`)
  if (typeof item['content'] === 'string') return 0
  const parts = listAt(item, 'content')
  if (parts === null || parts.length === 0) {
    sink.add('empty-content', i, 'message has no content')
    return 0
  }
  let breakpoints = 0
  const allowed = role === 'assistant' ? SAID_PARTS : USER_PARTS
  for (const part of parts) {
    if (!isObject(part)) sink.add('part', i, 'content part is not an object')
    else {
      const type = textAt(part, 'type') ?? ''
      if (!allowed.has(type)) sink.add('part', i, `part "${type}" cannot stand in a message of role ${role}`)
      if ((type === 'input_text' || type === 'output_text') && textAt(part, 'text') === null)
        sink.add('part', i, 'text part has no text')
      if (type === 'input_image' && textAt(part, 'image_url') === null && textAt(part, 'file_id') === null) {
        sink.add('part', i, 'image part has no image')
      }
      if (part['prompt_cache_breakpoint'] !== undefined) breakpoints += 1
    }
  }
  return breakpoints
}
