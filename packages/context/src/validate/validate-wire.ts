import { isObject, type JsonObject } from './json-view.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import { createSink, type Sink, type Violation, type Wire } from './violation.ts'
import { checkAnthropicBody } from './wire-anthropic.ts'
import { checkChatBody } from './wire-chat.ts'
import { checkGeminiBody } from './wire-gemini.ts'
import { checkResponsesBody } from './wire-responses.ts'

export interface WireOptions {
  /** Model id where the body does not name it (Gemini). */
  model?: string
  /** Size of the serialised body, where the caller has it. Otherwise the length of all text is the lower bound. */
  bytes?: number
}

/**
 * Checks the JSON body of a request as it is about to be sent. Linear, no copies of text, never throws: what is not an
 * object is itself a violation. An empty list means that no documented rule of the API is broken.
 */
export function validateWire(wire: Wire, body: unknown, options: WireOptions = {}): Violation[] {
  const sink = createSink()
  if (!isObject(body)) {
    sink.add('body', -1, 'the body is not a JSON object')
    return sink.found
  }
  switch (wire) {
    case 'responses':
      checkResponsesBody(sink, body)
      break
    case 'chat':
      checkChatBody(sink, body)
      break
    case 'messages':
      checkAnthropicBody(sink, body)
      break
    case 'gemini':
      checkGeminiBody(sink, body, options.model ?? null)
      break
  }
  checkText(sink, body, SHAPE_RULES[wire].maxChars, options.bytes)
  return sink.found
}

/** Size, and half surrogate pairs anywhere: they serialise to escapes that providers refuse. */
function checkText(sink: Sink, body: JsonObject, limit: number, bytes: number | undefined): void {
  let size = 0
  let broken = false
  const stack: unknown[] = [body]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value === 'string') {
      size += value.length
      if (!broken && !value.isWellFormed()) broken = true
    } else if (Array.isArray(value)) for (const inner of value) stack.push(inner)
    else if (isObject(value)) for (const key in value) stack.push(value[key])
  }
  if (broken) sink.add('broken-unicode', -1, 'the body holds half a surrogate pair')
  const total = bytes ?? size
  if (total > limit) sink.add('too-large', -1, `${total} bytes, allowed ${limit}`)
}
