import type { Event } from '@cairn/journal'
import type { Entry } from '../ledger/entry.ts'
import type { Labels } from './labels.ts'

/** The ledger a narrative must not contradict: every entry, void ones included (`allEntries`). */
export interface NarrativeFacts {
  entries: readonly Entry[]
}

/** What was summarised. */
export interface NarrativeBasis {
  /** Events of the summarised span, in order. */
  events: readonly Event[]
  /** Bytes of a blob; only the bounded view is looked at where absent. */
  blob?: (sha256: string) => Uint8Array | null
  /** Bound of the kept text in estimated tokens. Default 2,500. */
  maxTokens?: number
}

export type DropReason =
  | 'fabrication'
  | 'contradiction'
  | 'resurrection'
  | 'injection'
  | 'size'
  | 'duplicate'
  | 'secret'
  | 'completed-request'

export interface VerifiedNarrative {
  /** Sentences that passed, in order; empty string where nothing is worth keeping. */
  kept: string
  dropped: { sentence: string; why: DropReason }[]
  /** Set where the whole answer was thrown away. */
  rejected: 'empty' | 'refusal' | 'tool-call' | 'malformed' | null
  /** Share of the span's changed files, failures and decisions that `kept` names, 0..1. */
  coverage: number
  /** Join of the labels of the basis (I12). */
  labels: Labels
}

/** Checks a narrative summary sentence by sentence against what it claims to summarise. Never throws. */
export function verifyNarrative(
  text: string,
  facts: NarrativeFacts,
  basis: NarrativeBasis,
): VerifiedNarrative {
  void [text, facts, basis]
  return {
    kept: '',
    dropped: [],
    rejected: 'empty',
    coverage: 0,
    labels: { origins: [], sensitivity: 'public' },
  }
}
