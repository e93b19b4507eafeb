import { isBlank, looksLikeBase64 } from './item-checker.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from './json-view.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import type { Sink } from './violation.ts'
import { checkDeclarations, objectsOf } from './wire-tools.ts'

const RULES = SHAPE_RULES.messages
const THINKING = new Set(['thinking', 'redacted_thinking'])

/** Messages of one role that the API reads as one. */
interface Merged {
  role: string
  blocks: JsonObject[]
  at: number
  lastAt: number
}

/** Anthropic Messages, `POST /v1/messages`. */
export function checkAnthropicBody(sink: Sink, body: JsonObject): void {
  if (isBlank(textAt(body, 'model') ?? '')) sink.add('model', -1, 'no model is named')
  const maxTokens = body['max_tokens']
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 0) {
    sink.add('max-tokens', -1, 'max_tokens is missing or no whole number')
  }
  const thinking = objectAt(body, 'thinking')
  const budget = thinking?.['budget_tokens']
  if (typeof budget === 'number' && typeof maxTokens === 'number' && budget >= maxTokens) {
    sink.add('thinking-budget', -1, 'the thinking budget is not below max_tokens')
  }
  const tools = objectsOf(listAt(body, 'tools'))
  checkDeclarations(
    sink,
    tools.filter((tool) => tool['type'] === undefined || tool['type'] === 'custom'),
    {
      name: RULES.toolName,
      schemaKeys: ['input_schema'],
      schemaRequired: true,
    },
  )
  const marks = {
    count: (body['cache_control'] === undefined ? 0 : 1) + tools.filter((tool) => isMarked(tool)).length,
  }
  for (const block of objectsOf(listAt(body, 'system'))) {
    if (isBlank(textAt(block, 'text') ?? '')) sink.add('blank-text', -1, 'system block is empty')
    if (isMarked(block)) marks.count += 1
  }
  const messages = listAt(body, 'messages')
  if (messages === null || messages.length === 0) return sink.add('empty', -1, 'there are no messages')
  const merged = mergeRoles(sink, messages, marks)
  if (merged[0] !== undefined && merged[0].role !== 'user')
    sink.add('first-not-user', 0, 'the first message is not the user’s')
  checkPairs(sink, merged, tools.length)
  checkEnd(sink, merged.at(-1))
  const images = merged.reduce(
    (sum, message) => sum + message.blocks.filter((block) => block['type'] === 'image').length,
    0,
  )
  if (images > RULES.maxImages)
    sink.add('too-many-images', -1, `${images} images, allowed ${RULES.maxImages}`)
  if (marks.count > 4) sink.add('cache-marks', -1, `${marks.count} cache controls, allowed 4`)
}

function isMarked(block: JsonObject): boolean {
  return block['cache_control'] !== undefined && block['cache_control'] !== null
}

function mergeRoles(sink: Sink, messages: readonly unknown[], marks: { count: number }): Merged[] {
  const merged: Merged[] = []
  messages.forEach((message, i) => {
    if (!isObject(message)) return sink.add('item', i, 'message is not an object')
    const role = textAt(message, 'role') ?? ''
    if (role !== 'user' && role !== 'assistant' && role !== 'system')
      return sink.add('role', i, `role "${role}" is not known`)
    const blocks = blocksOf(sink, message, i, i === messages.length - 1 && role === 'assistant')
    for (const block of blocks) checkBlock(sink, block, role, i, marks)
    const previous = merged.at(-1)
    if (previous === undefined || previous.role !== role) merged.push({ role, blocks, at: i, lastAt: i })
    else {
      for (const block of blocks) previous.blocks.push(block)
      previous.lastAt = i
    }
  })
  return merged
}

function blocksOf(sink: Sink, message: JsonObject, i: number, mayBeEmpty: boolean): JsonObject[] {
  const content = message['content']
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content) || content.length === 0) {
    if (!mayBeEmpty) sink.add('empty-content', i, 'message has no content')
    return []
  }
  return objectsOf(content)
}

function checkBlock(sink: Sink, block: JsonObject, role: string, i: number, marks: { count: number }): void {
  const type = textAt(block, 'type') ?? ''
  if (isMarked(block)) {
    marks.count += 1
    if (THINKING.has(type)) sink.add('cache-on-thinking', i, 'cache control on a thinking block')
  }
  if (type === 'text') {
    if (isBlank(textAt(block, 'text') ?? '')) sink.add('blank-text', i, 'text block is empty')
  } else if (type === 'tool_use') {
    if (role !== 'assistant') sink.add('block-role', i, 'tool_use in a message that is not the model’s')
    if (!RULES.toolName.test(textAt(block, 'name') ?? ''))
      sink.add('tool-name', i, `tool name "${textAt(block, 'name') ?? ''}" is not allowed`)
    if (RULES.callId?.test(textAt(block, 'id') ?? '') !== true)
      sink.add('call-id', i, `call id "${textAt(block, 'id') ?? ''}" is refused`)
    if (!isObject(block['input'])) sink.add('call-args', i, 'input of a tool_use is not an object')
  } else if (type === 'tool_result') {
    if (role !== 'user') sink.add('block-role', i, 'tool_result in a message that is not the user’s')
    for (const inner of objectsOf(listAt(block, 'content'))) {
      if (inner['type'] === 'text' && isBlank(textAt(inner, 'text') ?? ''))
        sink.add('blank-text', i, 'text block of a result is empty')
      if (inner['type'] === 'image') checkImage(sink, inner, i)
    }
  } else if (type === 'thinking') {
    if (role !== 'assistant') sink.add('block-role', i, 'thinking in a message that is not the model’s')
    if (isBlank(textAt(block, 'signature') ?? ''))
      sink.add('thinking-signature', i, 'thinking block without its signature')
  } else if (type === 'redacted_thinking') {
    if (isBlank(textAt(block, 'data') ?? ''))
      sink.add('thinking-signature', i, 'redacted thinking without its data')
  } else if (type === 'image') checkImage(sink, block, i)
  else if (type === '') sink.add('block', i, 'content block has no type')
}

function checkImage(sink: Sink, block: JsonObject, i: number): void {
  const source = objectAt(block, 'source')
  if (source === null) return sink.add('image-data', i, 'image has no source')
  if (source['type'] !== 'base64') return
  const data = textAt(source, 'data') ?? ''
  if (!RULES.imageMimes.includes(textAt(source, 'media_type') ?? ''))
    sink.add('image-type', i, 'image type is not accepted')
  if (!looksLikeBase64(data)) sink.add('image-data', i, 'image bytes are not base64')
  if (data.length > RULES.maxImageChars) sink.add('image-size', i, 'image is over the size limit')
}

function checkPairs(sink: Sink, merged: readonly Merged[], toolCount: number): void {
  const seen = new Set<string>()
  let previous: Merged | null = null
  for (const message of merged) {
    const wanted = new Set<string>()
    if (previous !== null && previous.role === 'assistant') {
      for (const block of previous.blocks)
        if (block['type'] === 'tool_use') wanted.add(textAt(block, 'id') ?? '')
    }
    if (message.role === 'user' || message.role === 'system') answer(sink, message, wanted)
    if (message.role === 'assistant') checkAnswer(sink, message, seen)
    previous = message
  }
  if (previous?.role === 'assistant' && previous.blocks.some((block) => block['type'] === 'tool_use')) {
    sink.add('unanswered-call', previous.lastAt, 'the last message calls tools and nothing answers')
  }
  if (seen.size > 0 && toolCount === 0)
    sink.add('tools-missing', -1, 'the transcript has calls, but no tool is declared')
}

function answer(sink: Sink, message: Merged, wanted: Set<string>): void {
  const answered = new Set<string>()
  let otherBefore = false
  for (const block of message.blocks) {
    if (block['type'] !== 'tool_result') {
      otherBefore = true
      continue
    }
    const id = textAt(block, 'tool_use_id') ?? ''
    if (answered.has(id)) sink.add('duplicate-result', message.at, `call "${id}" is answered twice`)
    else if (!wanted.has(id))
      sink.add('orphan-result', message.at, `result "${id}" has no call in the message before it`)
    else if (otherBefore)
      sink.add('result-not-first', message.at, 'tool results do not come first in their message')
    answered.add(id)
  }
  for (const id of wanted)
    if (!answered.has(id))
      sink.add('unanswered-call', message.at, `call "${id}" has no result directly after it`)
}

function checkAnswer(sink: Sink, message: Merged, seen: Set<string>): void {
  for (const block of message.blocks) {
    if (block['type'] !== 'tool_use') continue
    const id = textAt(block, 'id') ?? ''
    if (seen.has(id)) sink.add('duplicate-call', message.at, `call id "${id}" was used before`)
    seen.add(id)
  }
  const thinks = message.blocks.some((block) => THINKING.has(textAt(block, 'type') ?? ''))
  if (thinks && !THINKING.has(textAt(message.blocks[0] ?? {}, 'type') ?? '')) {
    sink.add('thinking-not-first', message.at, 'an answer with thinking does not start with it')
  }
  if (THINKING.has(textAt(message.blocks.at(-1) ?? {}, 'type') ?? '')) {
    sink.add('thinking-last', message.at, 'the last block of an answer is thinking')
  }
}

function checkEnd(sink: Sink, last: Merged | undefined): void {
  if (last?.role !== 'assistant') return
  const block = last.blocks.at(-1)
  if (block !== undefined && block['type'] === 'tool_use') return
  sink.add('last-assistant', last.lastAt, 'the last message is an answer: current models refuse a prefill')
}
