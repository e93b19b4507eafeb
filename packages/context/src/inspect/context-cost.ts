import type { Event } from '@cairn/journal'
import type { ModelInfo } from '@cairn/models'
import { priceVector } from '../schedule/prices.ts'

/** An answer whose prompt was not read from the cache although the one before it had filled it. */
export interface CacheBreak {
  seq: number
  /** Tokens paid again. */
  tokens: number
  cause: 'epoch' | 'idle' | 'model' | 'unknown'
  detail: string
}

export interface ContextCost {
  answers: number
  input: number
  cachedInput: number
  output: number
  /** In uncached input tokens, at the prices of the model. */
  bill: number
  /** As the providers charged it; null where any answer had no price. */
  usd: number | null
  epochs: number
  peak: number
  breaks: CacheBreak[]
}

/** A read of less than this share of what was sent before counts as a break; caches work in blocks. */
const HIT = 0.5
/** Below this no provider caches. */
const LEAST = 2_048

/** The bill of a session from reported usage, and each cache break with its cause. */
export function contextCost(
  events: Iterable<Event>,
  model: Pick<ModelInfo, 'prices' | 'cacheTtl'>,
): ContextCost {
  const prices = priceVector(model)
  const cost: ContextCost = {
    answers: 0,
    input: 0,
    cachedInput: 0,
    output: 0,
    bill: 0,
    usd: 0,
    epochs: 0,
    peak: 0,
    breaks: [],
  }
  let before: { time: number; model: string; input: number } | null = null
  let epoch: Event<'epoch.started'> | null = null
  let cacheSeen = false
  for (const event of events) {
    if (event.kind === 'epoch.started') {
      epoch = event
      cost.epochs++
    }
    if (event.kind !== 'model.answered') continue
    const { usage, costUsd } = event.body
    cost.answers++
    cost.input += usage.input
    cost.cachedInput += usage.cachedInput
    cost.output += usage.output
    cost.bill +=
      prices.read * usage.cachedInput +
      prices.write * (usage.input - usage.cachedInput) +
      prices.output * usage.output
    cost.usd = cost.usd === null || costUsd === null ? null : cost.usd + costUsd
    cost.peak = Math.max(cost.peak, usage.input)
    cacheSeen ||= usage.cachedInput > 0
    if (
      before &&
      before.input >= LEAST &&
      usage.cachedInput < before.input * HIT &&
      (cacheSeen || epoch !== null)
    )
      cost.breaks.push({
        seq: event.seq,
        tokens: before.input - usage.cachedInput,
        ...causeOf(event, before, epoch, model),
      })
    before = { time: event.time, model: event.body.model, input: usage.input }
    epoch = null
  }
  return cost
}

function causeOf(
  event: Event<'model.answered'>,
  before: { time: number; model: string },
  epoch: Event<'epoch.started'> | null,
  model: Pick<ModelInfo, 'cacheTtl'>,
): Pick<CacheBreak, 'cause' | 'detail'> {
  if (epoch) return { cause: 'epoch', detail: `epoch ${epoch.body.epoch}: ${epoch.body.cause}` }
  if (event.body.model !== before.model)
    return { cause: 'model', detail: `${before.model} to ${event.body.model}` }
  const idle = (event.time - before.time) / 1000
  if (model.cacheTtl !== null && idle > model.cacheTtl)
    return { cause: 'idle', detail: `${Math.round(idle)} s without a call` }
  return { cause: 'unknown', detail: 'the provider read less from its cache than was sent before' }
}
