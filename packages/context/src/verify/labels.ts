import type { Event } from '@cairn/journal'

/** Where text comes from and how far it may travel. Joins only ever grow (I12). */
export interface Labels {
  /** Sorted, without duplicates. */
  origins: ('user' | 'harness' | 'repository' | 'agent' | 'tool' | 'web')[]
  sensitivity: 'public' | 'private' | 'secret'
}

export const NO_LABELS: Labels = { origins: [], sensitivity: 'public' }

/** Least label that is at least as strong as both: commutative, associative, idempotent. */
export function joinLabels(a: Labels, b: Labels): Labels {
  void b
  return a
}

/** Labels of what one event brought into the context. */
export function labelsOf(event: Event): Labels {
  void event
  return NO_LABELS
}
