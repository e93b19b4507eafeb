import type { Bill } from './bill/cache-oracle.ts'
import { viewRequest } from './metrics/request-view.ts'
import { type PlantScore, scorePlants } from './metrics/retention.ts'
import { measureSafety, type Safety } from './metrics/safety.ts'
import { measureStaleness, type Staleness } from './metrics/staleness.ts'
import { measureSupersession, type SupersessionScore } from './metrics/supersession.ts'
import type { PolicySpec } from './policies/policy.ts'
import { replay, type Replay, type ReplayOptions } from './replay.ts'
import { createMock } from './summarisers/mocks.ts'
import type { Trace } from './trace/trace.ts'

/** One session, one policy, one summariser: all that is measured of it. */
export interface Measurement {
  policy: string
  trace: string
  summariser: string
  options: ReplayOptions
  plants: PlantScore[]
  staleness: Staleness
  supersession: SupersessionScore
  safety: Safety
  tokens: number
  target: number | null
  over: number
  worstOver: number
  violations: number
  example: Replay['violations'][number] | null
  bill: Bill | null
}

export function evaluate(
  trace: Trace,
  spec: PolicySpec,
  summariser: string,
  options: ReplayOptions,
  withReach: boolean,
): Measurement {
  const mock = createMock(summariser, trace)
  const run = replay(trace, spec, mock, options)
  const view = viewRequest(run.last)
  const memory = run.policy.memory?.() ?? null
  return {
    policy: spec.name,
    trace: trace.name,
    summariser,
    options,
    plants: scorePlants(view, run.policy, trace.plants, withReach),
    staleness: measureStaleness(view, run.disk, trace),
    supersession: measureSupersession(view, trace.chains, memory?.entries ?? null),
    safety: measureSafety(view, trace, mock.lies, memory),
    tokens: run.lastTokens,
    target: run.target,
    over: run.over,
    worstOver: run.worstOver,
    violations: run.violationCount,
    example: run.violations[0] ?? null,
    bill: run.bill,
  }
}
