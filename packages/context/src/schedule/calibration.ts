/** How reported input tokens relate to estimated ones. Plain data: part of the fold and of each epoch's report. */
export interface Calibration {
  factor: number
  /** Reports taken so far. */
  reports: number
  /** The last report was impossible for the request it belonged to; until one is plausible again none counts. */
  distrusted: boolean
}

/** Before any report the estimate gets a margin. */
export const FIRST_FACTOR = 1.15
const RATE = 0.2
const CLAMP = { min: 0.5, max: 2 } as const

export function newCalibration(): Calibration {
  return { factor: FIRST_FACTOR, reports: 0, distrusted: false }
}

function clamp(ratio: number): number {
  return Math.min(CLAMP.max, Math.max(CLAMP.min, ratio))
}

/** More than this times the estimate is no count of the request at all. */
const ABSURD = 4

/**
 * Takes one usage report. The first ones are averaged, so that an estimator that is off by two is right after the
 * first call; later ones move the factor by a fifth. Zero is what gateways report that do not count. `usable`: a count
 * above it, several times the estimate, was worth one switch; the next such count is not believed.
 */
export function calibrate(
  state: Calibration,
  estimated: number,
  reported: number,
  after: { switched: boolean; usable: number },
): void {
  if (!(reported > 0) || !(estimated > 0)) return
  const ratio = reported / estimated
  const plausible = ratio === clamp(ratio)
  if (state.distrusted) {
    if (!plausible) return
    state.distrusted = false
  } else if (!plausible && after.switched && reported > after.usable) {
    state.distrusted = true
    return
  }
  if (ratio > ABSURD || ratio < 1 / ABSURD) return
  state.reports++
  state.factor += Math.max(RATE, 1 / state.reports) * (clamp(ratio) - state.factor)
}
