import { ModelError } from '../model-error.ts'
import type { Model, ModelEvent, ModelRequest } from '../model.ts'
import {
  canonical,
  type RecordedCall,
  type RecordingHeader,
  requestFacts,
  requestHash,
  type RequestFacts,
} from './recording.ts'

/**
 * A model that passes everything through and writes one line of JSON for itself and one per call to `sink` (without the
 * line break), errors and retries included. A call that its consumer leaves early is not recorded.
 */
export function recordModel(model: Model, sink: (line: string) => void): Model {
  const header: RecordingHeader = { v: 1, info: model.info }
  let previous: RequestFacts | null = null
  sink(JSON.stringify(header))
  async function* stream(
    request: ModelRequest,
    options: { signal: AbortSignal },
  ): AsyncGenerator<ModelEvent> {
    const events: ModelEvent[] = []
    const write = (error?: RecordedCall['error']) => {
      const facts = requestFacts(request)
      const call: RecordedCall = {
        hash: requestHash(request),
        ...changes(previous, facts),
        events,
        ...(error && { error }),
      }
      // A copy: the caller may go on filling the very arrays it sent.
      previous = structuredClone(facts)
      sink(JSON.stringify(call))
    }
    try {
      for await (const event of model.stream(request, options)) {
        events.push(event)
        yield event
      }
    } catch (error) {
      if (error instanceof ModelError) write(errorFacts(error))
      throw error
    }
    write()
  }
  return { ...model, stream }
}

function changes(
  previous: RequestFacts | null,
  facts: RequestFacts,
): Omit<RecordedCall, 'hash' | 'events' | 'error'> {
  let keep = 0
  const before = previous?.items ?? []
  while (
    keep < before.length &&
    keep < facts.items.length &&
    canonical(before[keep]) === canonical(facts.items[keep])
  ) {
    keep++
  }
  const { system, tools, items, ...options } = facts
  return {
    ...(previous?.system !== system && { system }),
    ...((!previous || canonical(previous.tools) !== canonical(tools)) && { tools }),
    keep,
    items: items.slice(keep),
    ...options,
  }
}

function errorFacts(error: ModelError): RecordedCall['error'] {
  const { code, message, hint, status, retryAfterMs } = error
  return {
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
