import { halves, type PlannedAnswer } from './reply.ts'

const FINISH = { stop: 'stop', calls: 'tool_calls', length: 'length', filter: 'content_filter' }

/** The events of a Chat Completions stream. */
export function chatStream(plan: PlannedAnswer): string[] {
  const base = { id: `chatcmpl_${plan.tag}`, object: 'chat.completion.chunk', created: 1, model: plan.model }
  const out: string[] = []
  const send = (fields: object) => out.push(`data: ${JSON.stringify({ ...base, ...fields })}\n\n`)
  const delta = (delta: object, finish: string | null = null) =>
    send({ choices: [{ index: 0, delta, finish_reason: finish }] })
  delta({ role: 'assistant', content: '' })
  for (const text of halves(plan.reasoning ?? '')) delta({ reasoning_content: text })
  for (const text of halves(plan.text ?? '')) delta({ content: text })
  plan.calls.forEach((call, index) => {
    delta({
      tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.tool, arguments: '' } }],
    })
    for (const text of halves(call.args)) delta({ tool_calls: [{ index, function: { arguments: text } }] })
  })
  delta({}, FINISH[plan.finish])
  const { input, cachedInput, output, reasoning } = plan.usage
  send({
    choices: [],
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cachedInput },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  })
  out.push('data: [DONE]\n\n')
  return out
}
