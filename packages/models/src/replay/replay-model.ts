import { ModelError } from '../model-error.ts'
import type { Model, ModelEvent, ModelRequest } from '../model.ts'
import {
  firstDifference,
  type RecordedCall,
  type RecordingHeader,
  requestFacts,
  requestHash,
  type RequestFacts,
} from './recording.ts'

/**
 * A model that answers from a recording of `recordModel`: each request gets the first unused answer that was recorded
 * for the same request, without any waiting. A request that was not recorded throws `replay-mismatch`, whose message
 * names the first place where it differs from the next recorded one.
 */
export function replayModel(lines: Iterable<string>): Model {
  const [first, ...rest] = Array.from(lines).filter((line) => line.trim() !== '')
  if (first === undefined) throw mismatch('the recording is empty')
  const header = parse<RecordingHeader>(first, 'info')
  const calls: { request: RequestFacts; call: RecordedCall; used: boolean }[] = []
  for (const line of rest) {
    const call = parse<RecordedCall>(line, 'hash')
    calls.push({ request: restore(calls.at(-1)?.request, call), call, used: false })
  }
  async function* stream(
    request: ModelRequest,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<ModelEvent> {
    const hash = requestHash(request)
    const found = calls.find(({ call, used }) => !used && call.hash === hash)
    if (!found) {
      const next = calls.findIndex(({ used }) => !used)
      const expected = calls[next]
      if (!expected) throw mismatch(`all ${calls.length} recorded calls are used up`)
      const difference =
        firstDifference(expected.request, requestFacts(request)) ?? 'the recording was edited'
      throw mismatch(`call ${next + 1} of the recording does not fit: ${difference}`)
    }
    found.used = true
    for (const event of found.call.events) {
      if (signal.aborted) throw new ModelError('aborted', 'the call was aborted', { cause: signal.reason })
      yield event
    }
    const { error } = found.call
    if (error) throw new ModelError(error.code, error.message, error)
  }
  return { info: header.info, stream }
}

function restore(previous: RequestFacts | undefined, call: RecordedCall): RequestFacts {
  return {
    system: call.system ?? previous?.system ?? '',
    tools: call.tools ?? previous?.tools ?? [],
    items: [...(previous?.items.slice(0, call.keep) ?? []), ...call.items],
    ...(call.maxOutput !== undefined && { maxOutput: call.maxOutput }),
    ...(call.effort !== undefined && { effort: call.effort }),
  }
}

/** Reads a line; that it has `key` is all that is checked, because recordings are our own files. */
function parse<T extends object>(line: string, key: keyof T & string): T {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw mismatch(`a line of the recording is not JSON: ${line.slice(0, 60)}`, cause)
  }
  if (typeof value !== 'object' || value === null || !(key in value)) {
    throw mismatch(`a line of the recording has no "${key}": ${line.slice(0, 60)}`)
  }
  // The shape is that of `recordModel`; see above.
  return value as T
}

function mismatch(message: string, cause?: unknown): ModelError {
  return new ModelError('replay-mismatch', message, {
    hint: 'record again, or find out why the request changed',
    ...(cause !== undefined && { cause }),
  })
}
