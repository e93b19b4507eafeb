import type { PriceVector } from './prices.ts'

export interface SchedulerParams {
  prices: Pick<PriceVector, 'read' | 'write' | 'output'>
  /** P: system text and tools, in tokens; they stay cached over a switch. */
  prefix: number
  /** S: size right after a switch, in tokens. */
  start: number
  /** σ: tokens of narrative text a switch asks for; 0 where there is none. */
  narrative?: number
  /** R: tokens of rework that a switch is expected to cause. Default 0. */
  rework?: number
  /** λ: what a token of context costs a call in quality and latency, in input tokens. Default 0. */
  quality?: number
}

/** One model call that is about to be made: its input `x`, the `g` tokens of it that are new, in tokens. */
export interface SchedulerStep {
  x: number
  g: number
  /** The work has come to a natural end: a green check, a finished plan item, a new request. */
  boundary: boolean
}

export interface Scheduler {
  /** Decides before a call. On `switch` the caller's context is `start` large again. */
  step(step: SchedulerStep): 'keep' | 'switch'
}

/**
 * Share of F from which a natural boundary is taken, and up to which one is waited for. The cost of the excess is flat
 * around the optimum: within these the loss is under 4 %.
 */
const BAND = { early: 0.75, late: 1.4 } as const

/** F = aS + oσ + (w−d)(S−P) + R: what a switch costs, in uncached input tokens. */
export function switchCost(params: SchedulerParams): number {
  const { prices, prefix, start, narrative = 0, rework = 0 } = params
  const seen = narrative > 0 ? prices.read * start : 0
  return (
    seen + prices.output * narrative + (prices.write - prices.read) * Math.max(0, start - prefix) + rework
  )
}

/** Running total of one epoch, as plain data, so that it can be part of a fold over events. */
export interface Meter {
  /** H: cost of having carried more than S, so far. */
  held: number
  /** Calls since the switch, and the newest of them that stood at a boundary. */
  calls: number
  boundary: number
}

export function newMeter(): Meter {
  return { held: 0, calls: 0, boundary: 0 }
}

/** Adds one call to the meter. */
export function meterCall(meter: Meter, step: SchedulerStep, params: SchedulerParams): void {
  meter.calls++
  if (step.boundary) meter.boundary = meter.calls
  meter.held += holding(step, params)
}

function holding(step: SchedulerStep, params: SchedulerParams): number {
  return (params.prices.read + (params.quality ?? 0)) * Math.max(0, step.x - params.start)
}

/**
 * Ski rental: switch once what was paid for carrying too much would reach the price of a switch (dynamic TCP
 * acknowledgement, Dooly, Goldman and Scott 2001; 2-competitive). Waits for a boundary only where this epoch has had
 * one, because a session without boundaries would always wait in vain.
 */
export function dueNow(meter: Meter, step: SchedulerStep, params: SchedulerParams): boolean {
  const excess = holding(step, params)
  if (excess <= 0) return false
  const share = (meter.held + excess) / Math.max(1, switchCost(params))
  if (step.boundary) return share >= BAND.early
  return share >= (meter.boundary > 0 ? BAND.late : 1)
}

/** The scheduler alone, for simulations: every `switch` starts a new epoch. */
export function createScheduler(params: SchedulerParams): Scheduler {
  let meter = newMeter()
  return {
    step(step) {
      if (dueNow(meter, step, params)) {
        meter = newMeter()
        meterCall(meter, { ...step, x: params.start }, params)
        return 'switch'
      }
      meterCall(meter, step, params)
      return 'keep'
    },
  }
}
