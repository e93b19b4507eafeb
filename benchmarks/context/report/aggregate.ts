import type { Measurement } from '../evaluate.ts'
import { type Plant, RULE_TYPES, TYPED, USER_CHANNELS } from '../trace/plant.ts'

/** Groups of plants, one column each. */
export const GROUPS: readonly { name: string; test: (plant: Plant) => boolean }[] = [
  { name: 'user rules', test: (p) => RULE_TYPES.includes(p.type) && USER_CHANNELS.includes(p.channel) },
  { name: 'in pastes', test: (p) => RULE_TYPES.includes(p.type) && p.channel === 'paste' },
  { name: 'file rules', test: (p) => RULE_TYPES.includes(p.type) && p.channel.startsWith('agents') },
  { name: 'decisions', test: (p) => p.type === 'decision' },
  { name: 'contracts', test: (p) => p.type === 'contract' },
  { name: 'assumptions', test: (p) => p.type === 'assumption' },
  { name: 'rejected', test: (p) => p.type === 'rejected' },
  { name: 'failures', test: (p) => p.type === 'failure' },
  { name: 'plan', test: (p) => p.type === 'plan' },
  { name: 'processes', test: (p) => p.type === 'process' },
  { name: 'commands', test: (p) => p.type === 'command' },
  { name: 'files', test: (p) => p.type === 'file' },
  { name: 'literals', test: (p) => p.type === 'literal' },
]

export interface Rates {
  [group: string]: number | null
}

export function shareOf(
  runs: readonly Measurement[],
  test: (plant: Plant) => boolean,
  value: (score: Measurement['plants'][number]) => number,
): number | null {
  let sum = 0
  let count = 0
  for (const run of runs) {
    for (const score of run.plants) {
      if (!test(score.plant)) continue
      sum += value(score)
      count += 1
    }
  }
  return count === 0 ? null : sum / count
}

/** The worst over summarisers of the mean over sessions; and the same with the honest one. */
export function worstOverSummarisers(
  runs: readonly Measurement[],
  of: (runs: readonly Measurement[]) => number | null,
): { worst: number | null; honest: number | null } {
  const bySummariser = Map.groupBy(runs, (run) => run.summariser)
  let worst: number | null = null
  for (const group of bySummariser.values()) {
    const rate = of(group)
    if (rate !== null && (worst === null || rate < worst)) worst = rate
  }
  return { worst, honest: of(bySummariser.get('S0') ?? []) }
}

/** Largest difference that a summariser makes to the typed plants of one session, compared with the empty one. */
export function variance(runs: readonly Measurement[]): number {
  const typed = (run: Measurement) =>
    shareOf(
      [run],
      (plant) => TYPED.includes(plant.type),
      (score) => Number(score.present),
    ) ?? 0
  let worst = 0
  for (const session of Map.groupBy(
    runs,
    (run) => `${run.trace}/${run.options.forced}/${run.options.budget}/${run.options.window}`,
  ).values()) {
    const empty = session.find((run) => run.summariser === 'S1')
    if (empty === undefined) continue
    for (const run of session) worst = Math.max(worst, Math.abs(typed(run) - typed(empty)))
  }
  return worst
}

export function total(runs: readonly Measurement[], of: (run: Measurement) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0)
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
