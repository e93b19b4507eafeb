import type { Event } from '@cairn/journal'
import type { Registries } from './registries.ts'

/** Takes one event, in order. Changes `state` in place and returns it; deterministic; costs O(size of the event). */
export function reduceRegistries(state: Registries, event: Event): Registries {
  state.seq = event.seq
  return state
}
