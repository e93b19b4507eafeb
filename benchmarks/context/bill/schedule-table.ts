import { createScheduler, offlineOptimum, type Scheduler } from '@cairn/context'
import { tokensOf } from '../tokens.ts'
import type { Trace } from '../trace/trace.ts'
import { bestThreshold, billOf, callCost, type CostModel, optimum, type Schedule } from './optimum.ts'

/** What one model call adds to the context, and how much of it is output that masking could drop. */
export interface Growth {
  tokens: number
  maskable: number
}

export function growthOf(trace: Trace, repeat: number): Growth[] {
  const out: Growth[] = []
  let now: Growth = { tokens: 0, maskable: 0 }
  for (const { event } of trace.steps) {
    if (event.kind === 'model.answered') {
      out.push(now)
      now = { tokens: 0, maskable: 0 }
      for (const part of event.body.parts)
        now.tokens += tokensOf(part.type === 'call' ? part.args : part.text) + 4
    } else if (event.kind === 'tool.done') {
      const tokens = tokensOf(event.body.output)
      now.tokens += tokens + 4
      now.maskable += tokens
    } else if (event.kind === 'user.message') now.tokens += tokensOf(event.body.text) + 4
  }
  return Array.from({ length: repeat }, () => out).flat()
}

export interface ScheduleRow {
  trace: string
  calls: number
  kind: string
  /** Bill of the cheapest schedule in hindsight, in uncached input tokens. */
  optimum: number
  /** The engine's own optimum over ours; 1 where both models agree. */
  agreement: number
  /** Ratios to the optimum. */
  ratios: Record<string, number>
}

const WINDOW = 200_000
const BASE = { read: 0.1, write: 1.25, output: 5, prefix: 18_000, cap: 190_000 }
const KINDS: readonly { kind: string; model: CostModel }[] = [
  { kind: 'deterministic fold', model: { ...BASE, start: 41_000, summary: 0, askPrice: 0 } },
  { kind: 'summary on the cached prefix', model: { ...BASE, start: 41_000, summary: 3000, askPrice: 0.1 } },
  { kind: 'summary uncached', model: { ...BASE, start: 41_000, summary: 3000, askPrice: 1 } },
]

/** When to compact, apart from how: the same sizes and prices for every rule. Short recordings never reach S. */
export function scheduleTable(traces: readonly Trace[]): ScheduleRow[] {
  return traces.flatMap((trace) => {
    const grown = growthOf(trace, 2)
    const growth = grown.map((entry) => entry.tokens)
    if (growth.reduce((sum, n) => sum + n, 0) < 100_000) return []
    return KINDS.map(({ kind, model }): ScheduleRow => {
      const best = optimum(growth, model)
      const ratio = (schedule: Schedule) => schedule.cost / best.cost
      const ratios: Record<string, number> = {
        'ski-rental (cairn)': ratio(engineBill(growth, model)),
        'fixed T*': ratio(billOf(growth, model, (x) => x > bestThreshold(growth, model))),
        '80 % of 200k': ratio(billOf(growth, model, (x) => x > WINDOW * 0.8)),
        '90 % of 200k': ratio(billOf(growth, model, (x) => x > WINDOW * 0.9)),
        'sliding 80 %': slidingBill(growth, model) / best.cost,
        'mask last 10': maskingBill(grown, model) / best.cost,
      }
      return {
        trace: trace.name,
        calls: growth.length,
        kind,
        optimum: best.cost,
        agreement: engineOptimum(growth, model) / best.cost,
        ratios,
      }
    })
  })
}

function engineParams(model: CostModel) {
  return {
    prices: { read: model.read, write: model.write, output: model.output },
    prefix: model.prefix,
    start: model.start,
    narrative: model.summary,
    rework: model.askPrice > model.read ? (model.askPrice - model.read) * model.start : 0,
  }
}

/** The engine's scheduler decides, the cost model of this benchmark bills. */
function engineBill(growth: readonly number[], model: CostModel): Schedule {
  let scheduler: Scheduler = createScheduler(engineParams(model))
  return billOf(growth, model, (x, g) => {
    if (x > model.cap) {
      scheduler = createScheduler(engineParams(model))
      return true
    }
    return scheduler.step({ x, g, boundary: false }) === 'switch'
  })
}

function engineOptimum(growth: readonly number[], model: CostModel): number {
  return offlineOptimum(
    growth.map((g) => ({ g })),
    engineParams(model),
    model.cap,
  ).cost
}

/** Drops the oldest once over 80 %: from then on every call rewrites everything behind the prefix. */
function slidingBill(growth: readonly number[], model: CostModel): number {
  const limit = WINDOW * 0.8
  let x = model.prefix
  let cost = 0
  for (const g of growth) {
    if (x + g <= limit) {
      x += g
      cost += callCost(model, x, g)
    } else {
      x = limit
      cost += model.read * model.prefix + model.write * (x - model.prefix)
    }
  }
  return cost
}

/** Each call masks the output that leaves the last ten: the cache holds up to there, the ten are written again. */
function maskingBill(growth: readonly Growth[], model: CostModel): number {
  let x = model.prefix
  let cost = 0
  growth.forEach((entry, i) => {
    x += entry.tokens
    const masked = growth[i - 10]?.maskable ?? 0
    x -= masked
    // Over the cap the front is lost as with a sliding window.
    const kept = Math.min(x, model.cap)
    const recent = growth.slice(Math.max(0, i - 10), i + 1).reduce((sum, e) => sum + e.tokens, 0)
    const rewritten =
      x > model.cap ? kept - model.prefix : masked > 0 ? Math.min(kept - model.prefix, recent) : entry.tokens
    x = kept
    cost += model.read * (kept - rewritten) + model.write * rewritten
  })
  return cost
}
