import type { ModelUsage, Prices } from './model.ts'

/**
 * What a call cost in US dollars; null where the prices are not known. Cached tokens without a price of their own cost
 * as much as fresh ones: an estimate that is never too low.
 */
export function costUsd(usage: ModelUsage, prices: Prices | null): number | null {
  if (!prices) return null
  const tier = prices.tier && usage.input > prices.tier.aboveInput ? prices.tier : undefined
  const input = tier?.input ?? prices.input
  const output = tier?.output ?? prices.output
  const read = tier ? (tier.cacheRead ?? input) : (prices.cacheRead ?? input)
  // Providers state the price of a write once; in the long tier it keeps its ratio to the input price.
  const write = prices.cacheWrite === undefined ? input : prices.cacheWrite * (input / prices.input || 1)
  const fresh = Math.max(0, usage.input - usage.cachedInput - usage.cacheWrite)
  const micros = fresh * input + usage.cachedInput * read + usage.cacheWrite * write + usage.output * output
  return micros / 1e6
}
