import type { AssistantPart } from '@cairn/journal'
import {
  argumentsOf,
  countOf,
  listOf,
  objectOf,
  textOrNull,
  timeOf,
  type ImportedSession,
} from './imported-session.ts'

/** Reads a trajectory in the Agent Trajectory Interchange Format, versions 1.x; null where the value is none. */
export function readAtif(value: unknown): ImportedSession | null {
  const root = objectOf(value)
  if (textOrNull(root['schema_version'])?.startsWith('ATIF-v1') !== true) return null
  const agent = objectOf(root['agent'])
  const session: ImportedSession = {
    source: 'atif',
    session: textOrNull(root['session_id']),
    agent: textOrNull(agent['name']) ?? 'unknown agent',
    title: null,
    model: textOrNull(agent['model_name']),
    steps: [],
    leftOut: 0,
  }
  for (const each of listOf(root['steps'])) addStep(session, objectOf(each))
  return session
}

function addStep(session: ImportedSession, step: { [key: string]: unknown }): void {
  const time = timeOf(step['timestamp'])
  const text = contentOf(session, step['message'])
  switch (step['source']) {
    case 'user':
      session.steps.push({ type: 'message', time, text })
      return
    case 'agent':
      break
    default:
      // What a program told its model has no authority here.
      session.leftOut += 1
      return
  }
  const reasoning = textOrNull(step['reasoning_content'])
  const parts: AssistantPart[] = [
    ...(reasoning === null || reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
  ]
  for (const each of listOf(step['tool_calls'])) {
    const call = objectOf(each)
    const malformed = textOrNull(objectOf(call['extra'])['arguments_text'])
    parts.push({
      type: 'call',
      id: textOrNull(call['tool_call_id']) ?? '',
      tool: textOrNull(call['function_name']) ?? '',
      args: malformed ?? argumentsOf(call['arguments']),
    })
  }
  const metrics = objectOf(step['metrics'])
  const extra = objectOf(metrics['extra'])
  const cost = metrics['cost_usd']
  session.steps.push({
    type: 'answer',
    time,
    model: textOrNull(step['model_name']),
    parts,
    usage: {
      input: countOf(metrics['prompt_tokens']),
      cachedInput: countOf(metrics['cached_tokens']),
      cacheWrite: countOf(extra['cache_creation_input_tokens']),
      output: countOf(metrics['completion_tokens']),
      reasoning: countOf(extra['reasoning_tokens']),
    },
    ...(typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? { costUsd: cost } : {}),
  })
  for (const each of listOf(objectOf(step['observation'])['results'])) {
    const result = objectOf(each)
    const { ok, exit, lost } = objectOf(result['extra'])
    const exited = exit === null || Number.isSafeInteger(exit)
    session.steps.push({
      type: 'result',
      time,
      call: textOrNull(result['source_call_id']) ?? '',
      ok: ok !== false,
      output: contentOf(session, result['content']),
      ...(exited ? { exit: exit as number | null } : {}),
      ...(lost === 'interrupted' || lost === 'cancelled' || lost === 'refused' ? { lost } : {}),
    })
  }
}

/** A text, or the texts of a list of parts; images are counted as left out. */
function contentOf(session: ImportedSession, content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .flatMap((each) => {
      const text = textOrNull(objectOf(each)['text'])
      if (text === null) session.leftOut += 1
      return text === null ? [] : [text]
    })
    .join('\n')
}
