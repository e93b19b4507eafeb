import { halves, type PlannedAnswer } from './reply.ts'

/** The events of an OpenAI Responses stream. */
export function responsesStream(plan: PlannedAnswer): string[] {
  const out: string[] = []
  const send = (type: string, fields: object) => {
    const data = JSON.stringify({ type, sequence_number: out.length, ...fields })
    out.push(`event: ${type}\ndata: ${data}\n\n`)
  }
  const base = { id: `resp_${plan.tag}`, object: 'response', created_at: 1, model: plan.model, error: null }
  send('response.created', { response: { ...base, status: 'in_progress', output: [], usage: null } })
  const output: object[] = []
  const item = (
    added: object,
    done: object,
    between: (place: { item_id: string; output_index: number }) => void,
  ) => {
    const index = output.length
    const id = `item_${plan.tag}_${index}`
    send('response.output_item.added', { output_index: index, item: { id, ...added } })
    between({ item_id: id, output_index: index })
    send('response.output_item.done', { output_index: index, item: { id, ...done } })
    output.push({ id, ...done })
  }
  if (plan.compaction !== undefined) {
    const compaction = { type: 'compaction', encrypted_content: plan.compaction }
    item(compaction, compaction, () => undefined)
  }
  if (plan.reasoning !== undefined) {
    const summary = plan.reasoning === '' ? [] : [{ type: 'summary_text', text: plan.reasoning }]
    const done = { type: 'reasoning', summary, encrypted_content: plan.opaque ?? null }
    item({ type: 'reasoning', summary: [], encrypted_content: null }, done, (place) => {
      if (!plan.reasoning) return
      const at = { ...place, summary_index: 0 }
      send('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } })
      for (const delta of halves(plan.reasoning))
        send('response.reasoning_summary_text.delta', { ...at, delta })
      send('response.reasoning_summary_text.done', { ...at, text: plan.reasoning })
      send('response.reasoning_summary_part.done', { ...at, part: summary[0] })
    })
  }
  const text = plan.text
  if (text !== undefined) {
    const part = { type: 'output_text', text, annotations: [] }
    const message = { type: 'message', role: 'assistant' }
    item(
      { ...message, status: 'in_progress', content: [] },
      { ...message, status: 'completed', content: [part] },
      (place) => {
        const at = { ...place, content_index: 0 }
        send('response.content_part.added', { ...at, part: { ...part, text: '' } })
        for (const delta of halves(text)) send('response.output_text.delta', { ...at, delta })
        send('response.output_text.done', { ...at, text })
        send('response.content_part.done', { ...at, part })
      },
    )
  }
  for (const call of plan.calls) {
    const [type, field, event] = call.freeform
      ? ['custom_tool_call', 'input', 'response.custom_tool_call_input']
      : ['function_call', 'arguments', 'response.function_call_arguments']
    const head = { type, call_id: call.id, name: call.tool }
    item(
      { ...head, [field]: '', status: 'in_progress' },
      { ...head, [field]: call.args, status: 'completed' },
      (place) => {
        for (const delta of halves(call.args)) send(`${event}.delta`, { ...place, delta })
        send(`${event}.done`, { ...place, [field]: call.args })
      },
    )
  }
  const { usage } = plan
  const end = {
    ...base,
    output,
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cachedInput, cache_write_tokens: usage.cacheWrite },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.output,
    },
  }
  if (plan.finish === 'length' || plan.finish === 'filter') {
    const reason = plan.finish === 'length' ? 'max_output_tokens' : 'content_filter'
    send('response.incomplete', {
      response: { ...end, status: 'incomplete', incomplete_details: { reason } },
    })
  } else send('response.completed', { response: { ...end, status: 'completed', incomplete_details: null } })
  return out
}
