import { scheduleTable, type ScheduleRow } from './bill/schedule-table.ts'
import { evaluate, type Measurement } from './evaluate.ts'
import { forcedOptions, freeOptions, type Grid } from './grid.ts'
import type { PolicySpec } from './policies/policy.ts'
import { forgetExtracts } from './summarisers/extract.ts'
import { plantBench } from './trace/plantbench.ts'
import { splicePlants } from './trace/splice.ts'
import type { Trace } from './trace/trace.ts'

export interface Results {
  synthetic: Measurement[]
  spliced: Measurement[]
  free: Measurement[]
  schedule: ScheduleRow[]
  traces: Map<string, Trace>
}

/** The sessions of PlantBench: about 166k tokens, 120 plants and 10 subjects whose value changes. */
export function standardSession(seed: number): Trace {
  return plantBench({ seed, requests: 20, steps: 12, plants: 120, chains: 10 })
}

/** Recordings shorter than this say little about compaction. */
const ENOUGH_TOKENS = 50_000

const longEnough = (recordings: readonly Trace[]) =>
  recordings.filter((trace) => trace.rawTokens >= ENOUGH_TOKENS)

/** The recordings that are long enough, with plants. `seed`: another one plants other things elsewhere. */
export function splicedSessions(recordings: readonly Trace[], seed = 100): Trace[] {
  return longEnough(recordings).map((trace, i) =>
    splicePlants(trace, { seed: seed + i, plants: 120, chains: 10 }),
  )
}

export function measure(
  grid: Grid,
  policies: readonly PolicySpec[],
  recordings: readonly Trace[],
  progress: (text: string) => void,
): Results {
  const results: Results = { synthetic: [], spliced: [], free: [], schedule: [], traces: new Map() }
  const long = longEnough(recordings)
  const sessions = Array.from({ length: grid.seeds }, (_, i) => standardSession(i + 1))
  const spliced = grid.spliced ? splicedSessions(recordings) : []
  for (const trace of [...sessions, ...spliced, ...long]) results.traces.set(trace.name, trace)

  for (const trace of [...sessions, ...spliced]) {
    const into = trace.source === 'spliced' ? results.spliced : results.synthetic
    for (const spec of policies) {
      progress(`${trace.name} · ${spec.name}`)
      for (const cell of grid.retention) {
        if (trace.source === 'spliced' && cell.forced !== 4) continue
        for (const summariser of spec.summarises ? cell.summarisers : ['S0']) {
          into.push(
            evaluate(trace, spec, summariser, forcedOptions(cell.budget, cell.forced), summariser === 'S0'),
          )
        }
      }
    }
    forgetExtracts()
  }
  const [first] = sessions
  for (const trace of [...(first === undefined ? [] : [first]), ...long]) {
    for (const window of grid.windows) {
      for (const spec of policies) {
        progress(`${trace.name} · ${window} · ${spec.name}`)
        results.free.push(evaluate(trace, spec, 'S0', freeOptions(window), false))
      }
    }
    forgetExtracts()
  }
  results.schedule = scheduleTable(recordings)
  return results
}
