import { createIncrementalValidator, type Context, type Projection } from '@cairn/context'
import type { AssistantPart, EventBodies, Json } from '@cairn/journal'
import { costUsd, ModelError, type Model, type ModelEvent, type ModelRequest } from '@cairn/models'
import type { ProviderCompaction } from './provider-compaction.ts'
import type { Recorder } from './recorder.ts'
import { isRerouted } from './reroute.ts'

/** What streams by while a model answers; nothing of it is kept until the answer is whole. */
export type Delta =
  | { type: 'text' | 'reasoning'; text: string }
  | { type: 'call'; tool: string }
  | { type: 'void'; reason: string; waitMs: number }

/** How hard the model shall think, where it can be told. */
export type Effort = NonNullable<ModelRequest['effort']>

/** Who wants to know of a rewrite of the context. */
export interface EpochWatch {
  before(): Promise<void>
  after(): Promise<void>
}

interface Collected {
  parts: AssistantPart[]
  finish: Extract<ModelEvent, { type: 'finish' }> | null
}

async function collect(
  stream: AsyncIterable<ModelEvent>,
  onDelta: (delta: Delta) => void,
  onRetry: (event: Extract<ModelEvent, { type: 'retry' }>) => void,
): Promise<Collected> {
  let parts: AssistantPart[] = []
  let finish: Collected['finish'] = null
  const append = (type: 'text' | 'reasoning', delta: string) => {
    const last = parts.at(-1)
    if (last?.type === type) last.text += delta
    else parts.push({ type, text: delta })
    onDelta({ type, text: delta })
  }
  for await (const event of stream) {
    if (event.type === 'text' || event.type === 'reasoning') append(event.type, event.delta)
    else if (event.type === 'call-start') onDelta({ type: 'call', tool: event.tool })
    else if (event.type === 'call')
      parts.push({ type: 'call', id: event.id, tool: event.tool, args: event.args })
    else if (event.type === 'retry') {
      parts = []
      onDelta({ type: 'void', reason: event.message, waitMs: event.waitMs })
      onRetry(event)
    } else if (event.type === 'finish') finish = event
  }
  return { parts, finish }
}

/** A provider may repeat an id, or give none: every call of a session gets its own. */
function uniqueCallIds(parts: AssistantPart[], seen: Set<string>): AssistantPart[] {
  return parts.map((part) => {
    if (part.type !== 'call') return part
    let id = part.id === '' ? 'call' : part.id
    for (let n = 2; seen.has(id); n += 1) id = `${part.id === '' ? 'call' : part.id}.${n}`
    seen.add(id)
    return id === part.id ? part : { ...part, id }
  })
}

/**
 * The check that every request passes before it is sent. A violation is a defect of cairn: it is told as one, instead of
 * being sent to a provider that answers with a riddle.
 */
export function createRequestCheck(model: Pick<Model, 'wire'>): (request: ModelRequest) => void {
  if (model.wire === undefined) return () => undefined
  const wire = model.wire
  const validate = createIncrementalValidator(wire)
  return (request) => {
    const [first] = validate(request.items, request.tools)
    if (first === undefined) return
    throw new ModelError(
      'bad-request',
      `the request is not valid for ${wire}: ${first.message} (item ${first.item})`,
      {
        hint: 'This is a defect of cairn: please report it with the output of `cairn context check`.',
      },
    )
  }
}

/** One model call: projection, journal, stream, journal. Throws `ModelError` after it was journaled. */
export async function modelStep(deps: {
  model: Model
  context: Pick<Context, 'advance' | 'project'>
  recorder: Recorder
  compaction: ProviderCompaction
  callIds: Set<string>
  check: (request: ModelRequest) => void
  now: () => number
  signal: AbortSignal
  onDelta: (delta: Delta) => void
  effort: Effort | null
  epoch: EpochWatch
}): Promise<EventBodies['model.answered']> {
  const { model, context, recorder, now, effort } = deps
  const switches = context.advance(now())
  if (switches.length > 0) {
    await deps.epoch.before()
    await deps.compaction.run(deps.signal)
    recorder.recordAll(switches)
    await deps.epoch.after()
  }
  const projection: Projection = context.project()
  deps.check(projection.request)
  recorder.record('model.requested', {
    model: model.info.id,
    epoch: projection.epoch,
    items: projection.request.items.length,
    bytes: projection.bytes,
    estimate: projection.estimate,
    purpose: 'turn',
    ...(effort === null ? {} : { effort }),
  })
  const started = now()
  const { parts, finish } = await collect(
    model.stream(effort === null ? projection.request : { ...projection.request, effort }, {
      signal: deps.signal,
    }),
    deps.onDelta,
    (retry) =>
      recorder.record('model.retried', {
        attempt: retry.attempt,
        waitMs: retry.waitMs,
        code: retry.code,
        message: retry.message,
      }),
  )
  const usage = finish?.usage ?? { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  const unique = uniqueCallIds(parts, deps.callIds)
  // The provider's own record names the ids it gave: where one was given twice, the record no longer fits.
  const renamed = unique.some((part, at) => part !== parts[at])
  const native = renamed ? undefined : finish?.native
  const body: EventBodies['model.answered'] = {
    model: model.info.id,
    served: finish?.served ?? null,
    parts: unique,
    usage,
    costUsd: model.info.prices === null ? null : costUsd(usage, model.info.prices),
    finish: finish?.reason ?? 'other',
    ms: now() - started,
    // What a codec hands over for safe keeping is plain JSON by its contract.
    ...(native === undefined ? {} : { native: { ...native, data: native.data as Json } }),
  }
  recorder.record('model.answered', body)
  const { provider, id } = model.info
  if (body.served !== null && isRerouted(provider, id, body.served))
    recorder.record('model.rerouted', { asked: id, served: body.served })
  return body
}
