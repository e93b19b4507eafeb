import type { Policy } from '../policies/policy.ts'
import type { Plant } from '../trace/plant.ts'
import { fold, holds, type RequestView } from './request-view.ts'

export interface PlantScore {
  plant: Plant
  present: boolean
  /** In system text or a user item, not just somewhere in the transcript. */
  pinned: boolean
  /** 1 where present; otherwise the share of its three queries that bring it back. */
  reach: number
}

/** Quotes, injections and secrets are not scored here: they must not bind, and secrets must not be there. */
export function scorePlants(
  view: RequestView,
  policy: Policy,
  plants: readonly Plant[],
  withReach: boolean,
): PlantScore[] {
  return plants
    .filter((plant) => plant.type !== 'quote' && plant.type !== 'injection' && plant.type !== 'secret')
    .map((plant) => {
      const present = holds(view.whole, plant.needles)
      return {
        plant,
        present,
        pinned: holds(view.pinned, plant.needles),
        reach: present ? 1 : withReach ? reach(policy, plant) : 0,
      }
    })
}

function reach(policy: Policy, plant: Plant): number {
  if (policy.recall === undefined) return 0
  const hits = plant.queries.filter((query) =>
    holds(fold(policy.recall?.(query).join('\n') ?? ''), plant.needles),
  )
  return hits.length / plant.queries.length
}
