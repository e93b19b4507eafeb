import type { ContextUsage } from '@cairn/context'
import type { PlanItem, Usage } from '@cairn/journal'
import type { Block, CallView } from './block.ts'

/** A message that the person has given while a turn is under way. */
export interface QueuedMessage {
  text: string
  /** `boundary`: the model reads it after the present step. `after`: it begins the next turn. */
  when: 'boundary' | 'after'
}

/** Everything that the terminal UI shows of a session, folded from its events and from what streams by. */
export interface TuiState {
  /** Finished things, oldest first. */
  blocks: Block[]
  /** Calls of the newest answer that have no result yet. */
  open: CallView[]
  /** All calls with a result. */
  calls: CallView[]
  /** What the model is saying. `shown`: so much of it is in `blocks` already, in UTF-16 code units. */
  speech: { text: string; shown: number }
  /** The last thing that was said in full, so that the end does not say it again. */
  said: string
  working: boolean
  /** What the model does just now, in a word. */
  doing: string
  turnStartedAt: number
  turn: number
  steps: number
  usage: Usage
  costUsd: number | null
  /** Tokens of the embedded engine are paid by nobody. */
  counts: boolean
  context: ContextUsage | null
  plan: PlanItem[]
  epochs: { epoch: number; cause: string }[]
  queue: QueuedMessage[]
  title: string
}

export function emptyTuiState(): TuiState {
  return {
    blocks: [],
    open: [],
    calls: [],
    speech: { text: '', shown: 0 },
    said: '',
    working: false,
    doing: '',
    turnStartedAt: 0,
    turn: 0,
    steps: 0,
    usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    costUsd: null,
    counts: true,
    context: null,
    plan: [],
    epochs: [],
    queue: [],
    title: '',
  }
}
