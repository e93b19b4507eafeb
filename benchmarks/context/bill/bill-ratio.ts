import type { Measurement } from '../evaluate.ts'
import { prefixText, tokensOf } from '../tokens.ts'
import type { Trace } from '../trace/trace.ts'
import { PRICES } from './cache-oracle.ts'
import { type CostModel, optimum } from './optimum.ts'
import { growthOf } from './schedule-table.ts'

/** After a rewrite, as the defaults have it: a tail of 12k tokens and a record of 6k. */
const AFTER = 18_000

export interface BillRatio {
  /** To the optimum of one model for all: a deterministic fold to 18k tokens behind the prefix. */
  common: number
  /**
   * To the optimum with what this policy's requests grew by, its size after a rewrite and its summaries: what its
   * timing loses.
   */
  own: number
}

export function billRatio(m: Measurement, trace: Trace): BillRatio | null {
  const { bill } = m
  if (bill === null) return null
  const growth = growthOf(trace, 1).map((entry) => entry.tokens)
  const cold = coldCalls(trace)
  const prefix = tokensOf(prefixText(trace.system, trace.tools))
  const cap = m.options.window * 0.95
  const base = { read: PRICES.read, write: PRICES.write, output: PRICES.output, prefix, cap }
  const common: CostModel = {
    ...base,
    start: prefix + Math.min(AFTER, m.options.window * 0.5),
    summary: 0,
    askPrice: 0,
  }
  // What a call adds is not seen where the context was rewritten before it: there the session's own growth stands in.
  const ownGrowth = bill.growth.map((g, i) => g ?? Math.min(growth[i] ?? 0, cap * 0.1))
  const mean =
    bill.after.length === 0 ? common.start : bill.after.reduce((sum, n) => sum + n, 0) / bill.after.length
  const perRewrite = bill.after.length === 0 ? 0 : bill.summaries / bill.after.length
  // All of a summary's cost as one lump: its input would otherwise be priced at sizes the policy never had.
  const own: CostModel = {
    ...base,
    start: Math.min(mean, cap * 0.9),
    summary: perRewrite / PRICES.output,
    askPrice: 0,
  }
  return {
    common: bill.total / optimum(growth, common, cold).cost,
    own: bill.total / optimum(ownGrowth, own, cold).cost,
  }
}

function coldCalls(trace: Trace): boolean[] {
  const times = trace.steps.flatMap((step) => (step.event.kind === 'model.answered' ? [step.event.time] : []))
  return times.map((time, i) => i === 0 || time - (times[i - 1] ?? 0) > PRICES.ttlMs)
}
