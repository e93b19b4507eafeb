import type { Event } from '@cairn/journal'
import type { LedgerPorts } from './ports.ts'
import type { LedgerState } from './ledger-state.ts'

/** Takes one event, in order. Changes `state` in place and returns it; deterministic; costs O(size of the event). */
export function reduceLedger(state: LedgerState, event: Event, ports: LedgerPorts): LedgerState {
  void ports
  state.seq = event.seq
  return state
}
