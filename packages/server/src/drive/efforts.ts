import type { Effort } from '@cairn/agent'

/** How hard a model can be told to think. */
export const EFFORTS: readonly Effort[] = ['minimal', 'low', 'medium', 'high', 'max']

export const isEffort = (word: string): word is Effort => EFFORTS.some((each) => each === word)
