import type { ReplayOptions } from './replay.ts'
import { MOCK_IDS } from './summarisers/mocks.ts'

/** Which sessions are played how often, and how hard the demands are. */
export interface Grid {
  seeds: number
  retention: { budget: number; forced: number; summarisers: readonly string[] }[]
  /** Windows at which sessions run freely, every call billed. */
  windows: number[]
  /** Recordings spliced with plants for the retention table. */
  spliced: boolean
}

const SOME = ['S0', 'S1', 'S4', 'S11', 'S12']

/** At most a minute. */
export const QUICK: Grid = {
  seeds: 1,
  retention: [
    { budget: 0.1, forced: 4, summarisers: MOCK_IDS },
    { budget: 0.05, forced: 4, summarisers: SOME },
    { budget: 0.25, forced: 1, summarisers: ['S0', 'S1'] },
  ],
  windows: [32_000, 200_000],
  spliced: false,
}

/** At most a quarter of an hour with two seeds. */
export const FULL: Grid = {
  seeds: 2,
  retention: [0.05, 0.1, 0.25].flatMap((budget) =>
    [1, 2, 4, 8, 16].map((forced) => ({
      budget,
      forced,
      summarisers: forced === 4 || forced === 16 ? MOCK_IDS : SOME,
    })),
  ),
  windows: [8000, 32_000, 200_000, 1_000_000],
  spliced: true,
}

export function forcedOptions(budget: number, forced: number): ReplayOptions {
  return { window: 200_000, forced, budget, everyCall: false }
}

export function freeOptions(window: number): ReplayOptions {
  return { window, forced: 0, budget: 1, everyCall: true }
}
