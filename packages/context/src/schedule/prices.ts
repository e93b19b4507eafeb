import type { ModelInfo } from '@cairn/models'

/** Prices in units of one uncached input token. */
export interface PriceVector {
  /** One token read from the prompt cache. */
  read: number
  /** One token that is new to the cache. */
  write: number
  output: number
  /** Input size above which everything costs more; null where there is no such step. */
  tierCap: number | null
}

/** What most providers with a prompt cache charge; used where the catalogue has no prices. */
export const DEFAULT_PRICES: Readonly<PriceVector> = { read: 0.1, write: 1.25, output: 5, tierCap: null }

/** The price vector of a model. Without a cache every token is read at full price, however often it was sent. */
export function priceVector(info: Pick<ModelInfo, 'prices' | 'cacheTtl'>): PriceVector {
  const { prices, cacheTtl } = info
  // Unknown or free: a local server keeps the prefix too, and processing it anew costs time where it costs no money.
  if (prices === null || !(prices.input > 0)) return { ...DEFAULT_PRICES }
  const cached = cacheTtl !== null
  return {
    read: cached ? (prices.cacheRead ?? prices.input * DEFAULT_PRICES.read) / prices.input : 1,
    write: cached ? (prices.cacheWrite ?? prices.input) / prices.input : 1,
    output: prices.output / prices.input,
    tierCap: prices.tier?.aboveInput ?? null,
  }
}
