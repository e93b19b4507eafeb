import type { Usage } from '@cairn/journal'
import { itemText, prefixText, tokensOf } from '../tokens.ts'
import type { PolicyRequest, SummaryCall } from '../policies/policy.ts'

/** Prices in units of one uncached input token, and the rules of the cache. */
export interface PriceVector {
  read: number
  write: number
  output: number
  /** How long an entry lives without use. */
  ttlMs: number
  /** Shorter prefixes are not cached. */
  minPrefix: number
  /** Cached length is a multiple of this. */
  grain: number
}

export const PRICES: PriceVector = {
  read: 0.1,
  write: 1.25,
  output: 5,
  ttlMs: 300_000,
  minPrefix: 1024,
  grain: 128,
}

export interface Bill {
  total: number
  /** Of it, for summaries. */
  summaries: number
  calls: number
  tokens: number
  cached: number
  /** Requests that did not extend the one before. */
  breaks: number
  /** Of them, those without a rewrite of the context to answer for them. */
  unexplained: number
  /** Requests that found the cache expired. */
  cold: number
  peak: number
  /** Size of the request right after each rewrite. */
  after: number[]
  epochs: number
  /** Tokens that each call added; null where the context was rewritten before it. */
  growth: (number | null)[]
}

export interface CacheOracle {
  /** Bills one request and tells what a provider would report. */
  call(request: PolicyRequest, now: number, summaries: readonly SummaryCall[]): Usage
  bill(): Bill
}

/**
 * A prompt cache as providers describe it: the longest common prefix with the last request is read at the low price,
 * the rest is written; nothing is left after the lifetime. Output of turns is the same for all and is not billed.
 */
export function createCacheOracle(prices: PriceVector = PRICES): CacheOracle {
  let last: { texts: string[]; total: number; at: number; epochs: number } | null = null
  const bill: Bill = {
    total: 0,
    summaries: 0,
    calls: 0,
    tokens: 0,
    cached: 0,
    breaks: 0,
    unexplained: 0,
    cold: 0,
    peak: 0,
    after: [],
    epochs: 0,
    growth: [],
  }

  return {
    call(request, now, summaries) {
      const texts = [prefixText(request.system, request.tools), ...request.items.map(itemText)]
      const tokens = texts.map((text) => tokensOf(text) + 4)
      const total = tokens.reduce((sum, n) => sum + n, 0)
      const alive = last !== null && now - last.at <= prices.ttlMs
      const common = last === null ? { tokens: 0, whole: false } : commonPrefix(last.texts, texts, tokens)
      const rewritten = last !== null && request.epochs !== last.epochs
      if (last !== null && !common.whole) {
        bill.breaks += 1
        if (!rewritten) bill.unexplained += 1
      }
      if (last !== null && !alive) bill.cold += 1
      const usable = alive ? Math.floor(common.tokens / prices.grain) * prices.grain : 0
      const cached = usable >= prices.minPrefix ? usable : 0
      for (const summary of summaries) {
        // Asked before this request: the old context was in the cache, unless it had expired.
        const rate = summary.cached && alive ? prices.read : 1
        const cost = rate * summary.inputTokens + prices.output * summary.outputTokens
        bill.summaries += cost
        bill.total += cost
      }
      bill.growth.push(last !== null && common.whole && !rewritten ? total - last.total : null)
      bill.total += prices.read * cached + prices.write * (total - cached)
      bill.calls += 1
      bill.tokens += total
      bill.cached += cached
      bill.peak = Math.max(bill.peak, total)
      if (rewritten) bill.after.push(total)
      bill.epochs = request.epochs
      last = { texts, total, at: now, epochs: request.epochs }
      return { input: total, cachedInput: cached, cacheWrite: total - cached, output: 0, reasoning: 0 }
    },
    bill: () => ({ ...bill, after: bill.after.slice(), growth: bill.growth.slice() }),
  }
}

function commonPrefix(
  before: readonly string[],
  now: readonly string[],
  tokens: readonly number[],
): { tokens: number; whole: boolean } {
  let sum = 0
  let i = 0
  while (i < before.length && i < now.length && before[i] === now[i]) {
    sum += tokens[i] ?? 0
    i += 1
  }
  const [a, b] = [before[i], now[i]]
  if (a === undefined) return { tokens: sum, whole: true }
  if (b === undefined) return { tokens: sum, whole: false }
  let same = 0
  while (same < a.length && same < b.length && a.charCodeAt(same) === b.charCodeAt(same)) same += 1
  // An item that only grew at its end still extends the prefix.
  return { tokens: sum + Math.floor(same / 4), whole: same === a.length && i === before.length - 1 }
}
