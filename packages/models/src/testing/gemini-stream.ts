import { halves, type PlannedAnswer } from './reply.ts'

const FINISH = { stop: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' }

/**
 * The events of a Gemini stream. Arguments are objects on this wire; what is not one comes as the real service reports
 * it, as finish reason `MALFORMED_FUNCTION_CALL`.
 */
export function geminiStream(plan: PlannedAnswer): string[] {
  const out: string[] = []
  const base = { modelVersion: plan.model, responseId: `resp_${plan.tag}` }
  const send = (candidate: object, more: object = {}) =>
    out.push(
      `data: ${JSON.stringify({ candidates: [{ index: 0, ...candidate }], ...base, ...more })}\r\n\r\n`,
    )
  const part = (part: object) => send({ content: { role: 'model', parts: [part] } })
  for (const text of halves(plan.reasoning ?? '')) part({ text, thought: true })
  for (const text of halves(plan.text ?? '')) part({ text })
  let malformed: string | undefined
  plan.calls.forEach((call, n) => {
    const args = parseObject(call.args)
    if (!args) malformed = call.args
    else {
      const signature = n === 0 && plan.opaque !== undefined ? { thoughtSignature: plan.opaque } : {}
      part({ functionCall: { id: call.id, name: call.tool, args }, ...signature })
    }
  })
  if (plan.opaque !== undefined && plan.calls.length === 0) part({ text: '', thoughtSignature: plan.opaque })
  const { input, cachedInput, output, reasoning } = plan.usage
  const usageMetadata = {
    promptTokenCount: input,
    cachedContentTokenCount: cachedInput,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  }
  if (malformed === undefined) send({ finishReason: FINISH[plan.finish] }, { usageMetadata })
  else {
    const finishMessage = `Malformed function call: ${malformed}`
    send({ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage }, { usageMetadata })
  }
  return out
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
