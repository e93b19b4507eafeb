import type { LedgerState } from './ledger-state.ts'

/** What the work is about now: entries whose scope touches it rank higher. */
export interface LedgerFocus {
  paths?: readonly string[]
  /** Words of the current request. */
  text?: string
}

export interface RenderedLedger {
  /** Empty string where there is nothing to show. Otherwise typed lines grouped by type, ending in a newline. */
  text: string
  /** Ids of entries whose text is shown in full. */
  shown: string[]
  /** Ids of entries in force that did not fit: the text ends in a line that says how to recall them. */
  indexed: string[]
  /** Open conflicts between authorities or unkeyed statements, as pairs of ids; flagged in `text` too. */
  conflicts: [string, string][]
}

/**
 * The ledger as text, within `budgetTokens` except that constraints and requirements of the user and stronger
 * voices are always shown: the caller sees an overrun by estimating `text`. Pure and deterministic.
 */
export function renderLedger(state: LedgerState, budgetTokens: number, focus?: LedgerFocus): RenderedLedger {
  void [state, budgetTokens, focus]
  return { text: '', shown: [], indexed: [], conflicts: [] }
}
