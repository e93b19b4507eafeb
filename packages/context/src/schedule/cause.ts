import type { Pace } from './pace.ts'
import type { PriceVector } from './prices.ts'
import { dueNow, type SchedulerParams } from './scheduler.ts'

/** The request as it would be sent now. */
export interface Pressure {
  now: number
  /** Calibrated tokens, and uncalibrated ones. */
  x: number
  raw: number
  usable: number
  /** Images, their bytes, or all bytes are near their bound. */
  heavy: boolean
  /** How long a prompt cache lives, in ms; null where there is none. */
  ttl: number | null
  /** Size after the last switch, or what a first one would reach; calibrated. */
  start: number
}

/** `must`: the request cannot or should not be sent as it is, so that a switch need not pay. */
export interface Cause {
  cause: string
  must: boolean
}

/** How much of the price tier and how much above S makes a free switch worth its rework. */
const TIER_SHARE = 0.97
const COLD_GAIN = 1.3

/** Why an epoch should start now, or null. */
export function causeOf(
  pace: Pace,
  at: Pressure,
  prices: PriceVector,
  params: SchedulerParams,
): Cause | null {
  if (pace.overflows > 0) return { cause: 'overflow', must: true }
  if (pace.badNative) return { cause: 'bad-native', must: true }
  if (at.x > at.usable) return { cause: 'window', must: true }
  if (at.heavy) return { cause: 'bytes', must: true }
  // Nothing was answered since the last switch: another one could only shave the same request again.
  if (pace.answers === 0) return null
  if (reportedFull(pace, at)) return { cause: 'reported', must: false }
  if (prices.tierCap !== null && at.x > prices.tierCap * TIER_SHARE && at.start * COLD_GAIN < prices.tierCap)
    return { cause: 'price-tier', must: false }
  if (
    at.ttl !== null &&
    pace.lastAnswerTime !== null &&
    at.now - pace.lastAnswerTime > at.ttl &&
    at.x > at.start * COLD_GAIN
  )
    return { cause: 'cold-cache', must: false }
  const due = dueNow(
    pace.meter,
    { x: at.x, g: Math.max(0, at.raw - pace.lastRaw), boundary: pace.boundary },
    params,
  )
  return due ? { cause: pace.boundary ? 'due at a boundary' : 'due', must: false } : null
}

/**
 * The provider counted the last request as full although the estimate does not. It is believed once: where the count
 * stays as high for a much smaller request, `distrusted` stops it from causing a switch a step.
 */
function reportedFull(pace: Pace, at: Pressure): boolean {
  return (
    !pace.calibration.distrusted &&
    pace.lastReported > 0 &&
    pace.lastReported + (at.raw - pace.lastRaw) > at.usable
  )
}
