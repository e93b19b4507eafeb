import type { Event, EventBodies, Json } from '@cairn/journal'
import { VERSION } from '../version.ts'

type JsonObject = { [key: string]: Json }

/** The arguments as an object; text that is none is kept beside them. */
function toolCall(part: { id: string; tool: string; args: string }): JsonObject {
  const base = { tool_call_id: part.id, function_name: part.tool }
  try {
    const parsed: unknown = JSON.parse(part.args)
    // What JSON.parse gives is JSON.
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return { ...base, arguments: parsed as JsonObject }
  } catch {
    // Malformed arguments are told as they are.
  }
  return { ...base, arguments: {}, extra: { arguments_text: part.args } }
}

function agentStep(body: EventBodies['model.answered']): JsonObject {
  const text = (type: 'text' | 'reasoning') =>
    body.parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('\n\n')
  const calls = body.parts.flatMap((part) => (part.type === 'call' ? [toolCall(part)] : []))
  const reasoning = text('reasoning')
  const { input, cachedInput, cacheWrite, output, reasoning: thought } = body.usage
  return {
    source: 'agent',
    model_name: body.served ?? body.model,
    message: text('text'),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    metrics: {
      prompt_tokens: input,
      completion_tokens: output,
      cached_tokens: cachedInput,
      ...(body.costUsd === null ? {} : { cost_usd: body.costUsd }),
      extra: { cache_creation_input_tokens: cacheWrite, reasoning_tokens: thought },
    },
    llm_call_count: 1,
  }
}

/**
 * A session in the Agent Trajectory Interchange Format, version 1.7 (Harbor RFC 0001): one step a message or model call, the
 * results of its calls as its observation.
 */
export function toAtif(sessionId: string, events: Iterable<Event>): JsonObject {
  const steps: JsonObject[] = []
  let agent: JsonObject = { name: 'cairn', version: VERSION }
  let results: Json[] | null = null
  const total = { prompt: 0, completion: 0, cached: 0, cost: null as number | null }
  const add = (event: Event, step: JsonObject) => {
    const timestamp = new Date(event.time).toISOString()
    steps.push({ step_id: steps.length + 1, timestamp, ...step, extra: { event: event.seq } })
  }
  for (const event of events) {
    switch (event.kind) {
      case 'session.started': {
        const { version, model } = event.body
        agent = { name: 'cairn', version, model_name: `${model.provider}/${model.id}` }
        break
      }
      case 'user.message':
        add(event, { source: 'user', message: event.body.text })
        break
      case 'harness.message':
        add(event, { source: 'system', message: event.body.text })
        break
      case 'model.answered': {
        add(event, agentStep(event.body))
        results = null
        const { usage, costUsd } = event.body
        total.prompt += usage.input
        total.completion += usage.output
        total.cached += usage.cachedInput
        if (costUsd !== null) total.cost = (total.cost ?? 0) + costUsd
        break
      }
      case 'tool.done': {
        const step = steps.findLast((each) => each['source'] === 'agent')
        if (step === undefined) break
        if (results === null) step['observation'] = { results: (results = []) }
        const { call, output, ok, exit, lost } = event.body
        const extra = { ok, ...(exit === undefined ? {} : { exit }), ...(lost === undefined ? {} : { lost }) }
        results.push({ source_call_id: call, content: output, extra })
        break
      }
      default:
        break
    }
  }
  return {
    schema_version: 'ATIF-v1.7',
    session_id: sessionId,
    agent,
    steps,
    final_metrics: {
      total_prompt_tokens: total.prompt,
      total_completion_tokens: total.completion,
      total_cached_tokens: total.cached,
      ...(total.cost === null ? {} : { total_cost_usd: total.cost }),
      total_steps: steps.length,
    },
  }
}
