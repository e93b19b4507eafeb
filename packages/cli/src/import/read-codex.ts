import type { AssistantPart } from '@cairn/journal'
import {
  argumentsOf,
  listOf,
  objectOf,
  textOrNull,
  timeOf,
  type ImportedSession,
} from './imported-session.ts'

/** Texts that the program puts between what people say. */
const OWN_WORDS =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|turn_aborted|user_shell_command|skill)|# AGENTS\.md instructions)/u
const ITEMS = new Set([
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
])

type JsonObject = { [key: string]: unknown }

/** Reads a rollout of Codex (`~/.codex/sessions/…/rollout-….jsonl`), also of early versions; null where the lines are none. */
export function readCodex(lines: readonly JsonObject[]): ImportedSession | null {
  const meta = objectOf(lines.find(({ type }) => type === 'session_meta')?.['payload'])
  const wrapped = lines.some(({ type }) => type === 'response_item')
  const bare = !wrapped && lines.some(({ type, role }) => type === 'message' && typeof role === 'string')
  if (!wrapped && !bare) return null
  const context = objectOf(lines.findLast(({ type }) => type === 'turn_context')?.['payload'])
  const session: ImportedSession = {
    source: 'codex',
    session: textOrNull(meta['id'] ?? lines[0]?.['id']),
    agent: 'Codex',
    title: null,
    model: textOrNull(context['model']),
    steps: [],
    leftOut: 0,
  }
  for (const line of lines) {
    const item = wrapped ? (line['type'] === 'response_item' ? objectOf(line['payload']) : null) : line
    if (line['type'] === 'compacted') session.leftOut += 1
    if (line['type'] === 'event_msg') takeBack(session, objectOf(line['payload']))
    if (item === null) continue
    if (!ITEMS.has(String(item['type']))) {
      if (wrapped) session.leftOut += 1
      continue
    }
    addItem(session, item, timeOf(line['timestamp']))
  }
  return session
}

/** A person took back the newest turns: what they asked, and all that came of it. */
function takeBack({ steps }: ImportedSession, { type, num_turns: turns }: JsonObject): void {
  if (type !== 'thread_rolled_back' || typeof turns !== 'number' || !(turns >= 1)) return
  const starts = steps.flatMap((step, index) => (step.type === 'message' ? [index] : []))
  const from = starts.at(-Math.min(Math.floor(turns), starts.length))
  if (from !== undefined) steps.splice(from)
}

function addItem(session: ImportedSession, item: JsonObject, time: number | null): void {
  const answer = (...parts: AssistantPart[]) => {
    const last = session.steps.at(-1)
    // Words, thoughts and calls of one answer are items of their own.
    if (last?.type === 'answer') last.parts.push(...parts)
    else session.steps.push({ type: 'answer', time, model: session.model, parts })
  }
  const id = textOrNull(item['call_id']) ?? textOrNull(item['id']) ?? ''
  switch (item['type']) {
    case 'message': {
      const text = textsOf(session, item['content'])
      if (item['role'] === 'assistant') answer({ type: 'text', text })
      else if (item['role'] !== 'user' || text.trim() === '' || OWN_WORDS.test(text)) session.leftOut += 1
      else session.steps.push({ type: 'message', time, text })
      return
    }
    case 'reasoning': {
      const text = textsOf(session, item['summary'])
      if (text !== '') answer({ type: 'reasoning', text })
      return
    }
    case 'function_call':
      return answer({
        type: 'call',
        id,
        tool: textOrNull(item['name']) ?? '',
        args: argumentsOf(item['arguments']),
      })
    case 'custom_tool_call':
      return answer({
        type: 'call',
        id,
        tool: textOrNull(item['name']) ?? '',
        args: argumentsOf(item['input']),
      })
    case 'local_shell_call':
      return answer({ type: 'call', id, tool: 'shell', args: argumentsOf(item['action']) })
    default:
      session.steps.push({ type: 'result', time, call: id, ...outputOf(session, item['output']) })
  }
}

/** Outputs are a text, a text with JSON in it (`{"output":…,"metadata":{"exit_code":0}}`), or parts. */
function outputOf(session: ImportedSession, output: unknown): { ok: boolean; output: string; exit?: number } {
  if (Array.isArray(output)) return { ok: true, output: textsOf(session, output) }
  let value = output
  if (typeof output === 'string') {
    try {
      value = JSON.parse(output)
    } catch {
      return { ok: true, output }
    }
  }
  const body = objectOf(value)
  const text = textOrNull(body['output']) ?? textOrNull(body['content'])
  if (text === null) return { ok: true, output: typeof output === 'string' ? output : argumentsOf(output) }
  const exit = objectOf(body['metadata'])['exit_code']
  return {
    ok: body['success'] !== false && (typeof exit !== 'number' || exit === 0),
    output: text,
    ...(typeof exit === 'number' && Number.isSafeInteger(exit) ? { exit } : {}),
  }
}

function textsOf(session: ImportedSession, content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .flatMap((each) => {
      const text = textOrNull(objectOf(each)['text'])
      if (text === null) session.leftOut += 1
      return text === null ? [] : [text]
    })
    .join('\n')
}
