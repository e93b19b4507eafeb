/** The cost model of one session: prices in units of one uncached input token, sizes in tokens. */
export interface CostModel {
  read: number
  write: number
  output: number
  /** P: tools and system, cached over every rewrite. */
  prefix: number
  /** S: size right after a rewrite. */
  start: number
  /** σ: tokens that a summary writes; 0 for a deterministic fold. */
  summary: number
  /** a: price of a token of context seen by the summary call. */
  askPrice: number
  /** Most tokens of one request. */
  cap: number
}

/** What the summary of a rewrite at context size x costs: a·x + oσ. */
export function askCost(model: CostModel, x: number): number {
  return model.askPrice * x + model.output * model.summary
}

/** F = aS + oσ + (w−d)(S−P), for a rewrite at S. */
export function rewriteCost(model: CostModel): number {
  return askCost(model, model.start) + (model.write - model.read) * (model.start - model.prefix)
}

/** Cost of a call with context `x`, of which `g` is new; with a cold cache all of it is. */
export function callCost(model: CostModel, x: number, g: number, cold = false): number {
  return cold ? model.write * x : model.read * Math.max(0, x - g) + model.write * g
}

/** The first call after a rewrite: everything behind the prefix is new. */
function firstCost(model: CostModel, x: number, cold: boolean): number {
  return callCost(model, x, x - model.prefix, cold)
}

export interface Schedule {
  cost: number
  rewrites: number
  peak: number
}

/**
 * Cheapest schedule in hindsight: best[j] = min over i of best[i] plus the cost of an epoch that serves calls i to j−1
 * and, unless it is the last, is then rewritten. `cold` marks calls that find the cache expired. Written apart from the
 * engine's own, to check it.
 */
export function optimum(
  growth: readonly number[],
  model: CostModel,
  cold: readonly boolean[] = [],
): Schedule {
  const n = growth.length
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY)
  const rewrites = new Int32Array(n + 1)
  const peaks = new Float64Array(n + 1)
  best[0] = 0
  for (let i = 0; i < n; i++) {
    let x = i === 0 ? model.prefix : model.start
    let cost = best[i] ?? 0
    let peak = peaks[i] ?? 0
    for (let j = i; j < n; j++) {
      const g = growth[j] ?? 0
      x += g
      if (x > model.cap && j > i) break
      peak = Math.max(peak, x)
      cost += j === i && i > 0 ? firstCost(model, x, cold[j] === true) : callCost(model, x, g, cold[j])
      const last = j + 1 === n
      const total = cost + (last ? 0 : askCost(model, x))
      if (total < (best[j + 1] ?? 0)) {
        best[j + 1] = total
        rewrites[j + 1] = (rewrites[i] ?? 0) + (last ? 0 : 1)
        peaks[j + 1] = peak
      }
    }
  }
  return { cost: best[n] ?? 0, rewrites: rewrites[n] ?? 0, peak: peaks[n] ?? 0 }
}

/** Bill of an online rule: `due` sees the size the next request would have and says whether to rewrite before it. */
export function billOf(
  growth: readonly number[],
  model: CostModel,
  due: (x: number, g: number) => boolean,
): Schedule {
  let x = model.prefix
  const out: Schedule = { cost: 0, rewrites: 0, peak: 0 }
  growth.forEach((g, i) => {
    const rewrite = i > 0 && (due(x + g, g) || x + g > model.cap)
    if (rewrite) {
      out.cost += askCost(model, x)
      out.rewrites += 1
      x = model.start
    }
    x += g
    out.peak = Math.max(out.peak, x)
    out.cost += rewrite ? firstCost(model, x, false) : callCost(model, x, g)
  })
  return out
}

/** T* = S + √(2gF/d) for the mean growth: the best fixed threshold. */
export function bestThreshold(growth: readonly number[], model: CostModel): number {
  const g = growth.reduce((sum, n) => sum + n, 0) / Math.max(1, growth.length)
  return model.start + Math.sqrt((2 * g * rewriteCost(model)) / model.read)
}
