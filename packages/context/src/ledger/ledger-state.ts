import type { Entry } from './entry.ts'

/**
 * Everything the ledger knows after a journal prefix. Owned by `reduceLedger`, which changes it in place;
 * readers use `currentEntries`, `allEntries`, `entryById`, and never keep it across a reduce.
 */
export interface LedgerState {
  /** Position of the last event read. */
  seq: number
  /** Every entry ever made, by id, in order of creation; void ones stay for recall and for the narrative verifier. */
  entries: Map<string, Entry>
}

/** The ledger of an empty journal. */
export function emptyLedger(): LedgerState {
  return { seq: 0, entries: new Map() }
}

/** Entries in force (`current` or `unverified`), in order of creation. */
export function currentEntries(state: LedgerState): Entry[] {
  return [...state.entries.values()].filter(
    (entry) => entry.status === 'current' || entry.status === 'unverified',
  )
}

/** Every entry, void and done ones included, in order of creation. */
export function allEntries(state: LedgerState): Entry[] {
  return [...state.entries.values()]
}

/** The entry with this id, whatever its status. */
export function entryById(state: LedgerState, id: string): Entry | undefined {
  return state.entries.get(id)
}
