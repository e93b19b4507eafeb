import { createScheduler, switchCost, type SchedulerParams } from './scheduler.ts'

/** Tokens that each call of a trace adds to the context, and whether the call stands at a natural boundary. */
export type Trace = readonly { g: number; boundary?: boolean }[]

export interface Bill {
  /** In uncached input tokens. */
  cost: number
  switches: number
  peak: number
}

/** Cost of one call whose context is `x`, `g` of it new. */
function call(x: number, g: number, params: SchedulerParams): number {
  return params.prices.read * (x - g) + params.prices.write * g
}

/**
 * The cheapest schedule that a clairvoyant could choose, by dynamic programming over the positions of the switches
 * (O(n²) at most; an epoch is cut off where holding alone exceeds a switch many times). `cap`: most tokens of a call.
 */
export function offlineOptimum(trace: Trace, params: SchedulerParams, cap = Infinity): Bill {
  const price = switchCost(params)
  const best: Bill[] = [{ cost: 0, switches: 0, peak: 0 }]
  for (let end = 1; end <= trace.length; end++) best.push({ cost: Infinity, switches: 0, peak: 0 })
  for (let start = 0; start < trace.length; start++) {
    const before = best[start]
    if (!before || before.cost === Infinity) continue
    let x = params.start
    let cost = before.cost + (start === 0 ? 0 : price)
    let held = 0
    for (let end = start; end < trace.length; end++) {
      const g = trace[end]?.g ?? 0
      x += g
      // The first call of an epoch always fits: a switch makes it as small as it can be.
      if (x > cap && end > start) break
      cost += call(x, g, params)
      held += params.prices.read * (x - params.start)
      const next = best[end + 1]
      if (next && cost < next.cost)
        best[end + 1] = {
          cost,
          switches: before.switches + (start === 0 ? 0 : 1),
          peak: Math.max(before.peak, x),
        }
      if (held > 50 * (price + 1)) break
    }
  }
  return best[trace.length] ?? { cost: 0, switches: 0, peak: 0 }
}

/** What the online scheduler pays on the same trace under the same cost model. */
export function simulateBill(trace: Trace, params: SchedulerParams, cap = Infinity): Bill {
  let scheduler = createScheduler(params)
  const price = switchCost(params)
  let x = params.start
  let cost = 0
  let switches = 0
  let peak = 0
  for (const [index, { g, boundary = false }] of trace.entries()) {
    x += g
    // Before the first call there is nothing to leave behind.
    const asked = scheduler.step({ x, g, boundary }) === 'switch'
    const forced = !asked && x > cap
    if (forced) scheduler = createScheduler(params)
    if ((asked || forced) && index > 0) {
      cost += price
      switches++
      x = params.start + g
    }
    cost += call(x, g, params)
    peak = Math.max(peak, x)
  }
  return { cost, switches, peak }
}
