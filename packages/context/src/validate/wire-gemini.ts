import { isObject, type JsonObject, listAt, objectAt, textAt } from './json-view.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import type { Sink } from './violation.ts'
import { checkDeclarations, objectsOf } from './wire-tools.ts'

const DATA = [
  'text',
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
] as const
const RULES = SHAPE_RULES.gemini

/** Gemini `generateContent`. `model` stands in the URL, not in the body: pass it to have signatures demanded. */
export function checkGeminiBody(sink: Sink, body: JsonObject, model: string | null): void {
  const declared = objectsOf(listAt(body, 'tools')).flatMap((tool) =>
    objectsOf(listAt(tool, 'functionDeclarations')),
  )
  checkDeclarations(sink, declared, {
    name: RULES.toolName,
    schemaKeys: ['parameters', 'parametersJsonSchema'],
    schemaRequired: false,
  })
  const system = objectAt(body, 'systemInstruction')
  if (system !== null) {
    const parts = objectsOf(listAt(system, 'parts'))
    if (parts.length === 0) sink.add('empty-content', -1, 'systemInstruction has no parts')
    for (const part of parts)
      if ((textAt(part, 'text') ?? '') === '') sink.add('blank-text', -1, 'system part is empty')
  }
  const contents = listAt(body, 'contents')
  if (contents === null || contents.length === 0) return sink.add('empty', -1, 'there are no contents')

  const turns = contents.map((content, i) => readContent(sink, content, i))
  if (turns[0]?.role !== 'user') sink.add('first-not-user', 0, 'the first content is not the user’s')
  let pending: string[] = []
  turns.forEach((turn, i) => {
    const before = turns[i - 1]
    if (pending.length > 0 || turn.responses.length > 0) {
      if (turn.responses.length !== pending.length) {
        sink.add(
          'response-count',
          i,
          `${pending.length} function calls, but ${turn.responses.length} responses directly after`,
        )
      } else if (turn.responses.some((name, j) => name !== pending[j])) {
        sink.add('result-order', i, 'function responses are not in the order of the calls')
      }
    }
    if (turn.calls.length > 0 && before?.role === 'model')
      sink.add('role-order', i, 'a call turn does not follow the user or responses')
    pending = turn.calls
  })
  if (pending.length > 0)
    sink.add('unanswered-call', turns.length - 1, 'the last content calls functions and nothing responds')
  else if (turns.at(-1)?.role === 'model')
    sink.add('last-assistant', turns.length - 1, 'the last content is the model’s')
  checkSignatures(sink, turns, model)
}

interface Turn {
  role: string
  calls: string[]
  responses: string[]
  says: boolean
  /** Whether the first call carries the signature that the current turn has to return; null without calls. */
  signed: boolean | null
}

function readContent(sink: Sink, content: unknown, i: number): Turn {
  const turn: Turn = { role: 'user', calls: [], responses: [], says: false, signed: null }
  if (!isObject(content)) {
    sink.add('item', i, 'content is not an object')
    return turn
  }
  turn.role = textAt(content, 'role') ?? 'user'
  if (turn.role !== 'user' && turn.role !== 'model' && turn.role !== 'function')
    sink.add('role', i, `role "${turn.role}" is not known`)
  const parts = listAt(content, 'parts')
  if (parts === null || parts.length === 0) sink.add('empty-content', i, 'content has no parts')
  for (const part of parts ?? []) {
    if (!isObject(part)) {
      sink.add('part', i, 'part is not an object')
      continue
    }
    let kinds = 0
    for (const key of DATA) if (part[key] !== undefined) kinds += 1
    if (kinds !== 1) sink.add('part', i, `a part holds one kind of data, this one ${kinds}`)
    readPart(sink, part, turn, i)
  }
  return turn
}

function readPart(sink: Sink, part: JsonObject, turn: Turn, i: number): void {
  const call = objectAt(part, 'functionCall')
  const response = objectAt(part, 'functionResponse')
  const inline = objectAt(part, 'inlineData')
  const text = textAt(part, 'text')
  if (text !== null) {
    turn.says = true
    if (text === '' && part['thoughtSignature'] === undefined) sink.add('blank-text', i, 'text part is empty')
  }
  if (call !== null) {
    const name = textAt(call, 'name') ?? ''
    if (turn.role !== 'model') sink.add('block-role', i, 'functionCall in a content that is not the model’s')
    if (!RULES.toolName.test(name)) sink.add('tool-name', i, `function name "${name}" is not allowed`)
    if (call['args'] !== undefined && !isObject(call['args']))
      sink.add('call-args', i, 'args of a functionCall are not an object')
    if (turn.calls.length === 0) turn.signed = (textAt(part, 'thoughtSignature') ?? '') !== ''
    turn.calls.push(name)
  }
  if (response !== null) {
    if (turn.role === 'model') sink.add('block-role', i, 'functionResponse in a content of the model')
    if (!isObject(response['response']))
      sink.add('result-output', i, 'response of a functionResponse is not an object')
    turn.responses.push(textAt(response, 'name') ?? '')
  }
  if (inline !== null) {
    turn.says = true
    const mime = textAt(inline, 'mimeType') ?? ''
    if (mime === '' || (mime.startsWith('image/') && !RULES.imageMimes.includes(mime)))
      sink.add('image-type', i, `type "${mime}" is not accepted`)
    if ((textAt(inline, 'data') ?? '') === '') sink.add('image-data', i, 'inline data is empty')
  }
}

/**
 * Gemini 3 refuses a current turn whose call steps lost their signature. Without the model's name it is demanded where
 * any call of the request has one: a transcript is then of a model that signs.
 */
function checkSignatures(sink: Sink, turns: readonly Turn[], model: string | null): void {
  const signs =
    model === null ? turns.some((turn) => turn.signed === true) : /gemini-([3-9]|\d{2,})/.test(model)
  if (!signs) return
  const start = turns.findLastIndex(
    (turn) => turn.role === 'user' && turn.says && turn.responses.length === 0,
  )
  turns.forEach((turn, i) => {
    if (i > start && turn.signed === false)
      sink.add('signature-lost', i, 'the first call of a step in the current turn has no thoughtSignature')
  })
}
