import type { Json } from '@cairn/journal'
import type { Claim } from './derive-claims.ts'
import type { Entry, EntryType } from './entry.ts'

/** A tool call that has been asked for; `field` is the path of its arguments in the event `seq`. */
export interface PendingCall {
  tool: string
  args: Json
  seq: number
  field: string
  command: { text: string; field: string } | null
  readOnly: boolean
}

/**
 * Everything the ledger knows after a journal prefix. Owned by `reduceLedger`, which changes it in place;
 * readers use `currentEntries`, `allEntries`, `entryById`, and never keep it across a reduce.
 */
export interface LedgerState {
  /** Position of the last event read. */
  seq: number
  /** Entries by id, in order of creation; void ones stay for recall and for the narrative verifier. */
  entries: Map<string, Entry>
  /** Ids in force. */
  live: Set<string>
  /** Ids in force of the user that hold until something. */
  temporal: Set<string>
  /** Ids in force by what they settle; the second map leaves qualifiers out. */
  byKey: Map<string, Set<string>>
  byBase: Map<string, Set<string>>
  claims: Map<string, readonly Claim[]>
  /** Type, authority, scope and normalised text → id in force: a restatement adds a source, not an entry. */
  prints: Map<string, string>
  /** Weaker entry → stronger entry it contradicts. Both are in force, the stronger one holds. */
  conflicts: Map<string, string>
  calls: Map<string, PendingCall>
  /** Ids the model chose for its notes → entry ids. */
  notes: Map<string, string>
  instructions: Map<string, { sha256: string; ids: string[] }>
  /** Path → exported name → contract entry. */
  symbols: Map<string, Map<string, string>>
  /** Command or check → ids of its open failures. */
  failures: Map<string, Set<string>>
  /** Absolute folder of the session, empty where unknown. */
  cwd: string
  /** Creation order of the types that age out. */
  aging: Map<EntryType, { ids: string[]; head: number }>
}

/** The ledger of an empty journal. */
export function emptyLedger(): LedgerState {
  return {
    seq: 0,
    entries: new Map(),
    live: new Set(),
    temporal: new Set(),
    byKey: new Map(),
    byBase: new Map(),
    claims: new Map(),
    prints: new Map(),
    conflicts: new Map(),
    calls: new Map(),
    notes: new Map(),
    instructions: new Map(),
    symbols: new Map(),
    failures: new Map(),
    cwd: '',
    aging: new Map(),
  }
}

/** Entries in force (`current` or `unverified`), in the order in which they came into force. */
export function currentEntries(state: LedgerState): Entry[] {
  const found: Entry[] = []
  for (const id of state.live) {
    const entry = state.entries.get(id)
    if (entry) found.push(entry)
  }
  return found
}

/** Every entry, void and done ones included, in order of creation. */
export function allEntries(state: LedgerState): Entry[] {
  return [...state.entries.values()]
}
