import { halves, type PlannedAnswer } from './reply.ts'

const FINISH = { stop: 'end_turn', calls: 'tool_use', length: 'max_tokens', filter: 'refusal' }

/** The events of an Anthropic Messages stream. */
export function messagesStream(plan: PlannedAnswer): string[] {
  const out: string[] = []
  const send = (type: string, fields: object) =>
    out.push(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
  const { input, cachedInput, cacheWrite, output, reasoning } = plan.usage
  const usage = {
    input_tokens: input - cachedInput - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cachedInput,
    output_tokens: 1,
  }
  send('message_start', {
    message: {
      id: `msg_${plan.tag}`,
      type: 'message',
      role: 'assistant',
      model: plan.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })
  let index = 0
  const block = (start: object, deltas: object[]) => {
    send('content_block_start', { index, content_block: start })
    for (const delta of deltas) send('content_block_delta', { index, delta })
    send('content_block_stop', { index })
    index++
  }
  if (plan.compaction !== undefined) {
    block(
      { type: 'compaction', content: null },
      halves(plan.compaction).map((content) => ({ type: 'compaction_delta', content })),
    )
  }
  if (plan.reasoning !== undefined) {
    block({ type: 'thinking', thinking: '', signature: '' }, [
      ...halves(plan.reasoning).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: plan.opaque ?? 'signature' },
    ])
  }
  if (plan.text !== undefined) {
    block(
      { type: 'text', text: '' },
      halves(plan.text).map((text) => ({ type: 'text_delta', text })),
    )
  }
  for (const call of plan.calls) {
    block(
      { type: 'tool_use', id: call.id, name: call.tool, input: {} },
      halves(call.args).map((text) => ({ type: 'input_json_delta', partial_json: text })),
    )
  }
  send('message_delta', {
    delta: { stop_reason: FINISH[plan.finish], stop_sequence: null },
    usage: { ...usage, output_tokens: output, output_tokens_details: { thinking_tokens: reasoning } },
  })
  send('message_stop', {})
  return out
}
