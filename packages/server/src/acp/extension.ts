import type { ContextUsage, Entry } from '@cairn/context'
import type { Event, EndStatus } from '@cairn/journal'

/**
 * What cairn adds to the protocol, under names that begin with `_cairn/`. A client that knows none of it misses nothing
 * of the protocol itself.
 */
export const CAIRN_METHODS = {
  /** Says something while a turn is under way. */
  steer: '_cairn/session/steer',
  /** Copies the session, up to a turn, into a new one. */
  fork: '_cairn/session/fork',
  /** Takes turns back, conversation and files. */
  undo: '_cairn/session/undo',
  redo: '_cairn/session/redo',
  /** Rewrites the context now, or at the next boundary between two steps. */
  compact: '_cairn/session/compact',
  /** What fills the window, and the ledger. */
  context: '_cairn/session/context',
  rename: '_cairn/session/rename',
  /** Notification: one committed event of the journal. Sent where `initialize` asked for it. */
  event: '_cairn/session/event',
} as const

/** `clientCapabilities._meta.cairn` of `initialize`. */
export interface CairnClientCapabilities {
  /** Send every committed event. Default: no. */
  events?: boolean
}

/** `_meta.cairn` of the response to a prompt: how the turn ended. */
export interface CairnTurnEnd {
  status: EndStatus
  summary: string
  openItems: string[]
  /** Positions in the journal of what proves it. */
  evidence: number[]
}

export interface CairnRequests {
  [CAIRN_METHODS.steer]: { params: { sessionId: string; text: string }; result: Record<string, never> }
  [CAIRN_METHODS.fork]: {
    params: { sessionId: string; turn?: number }
    result: { sessionId: string }
  }
  [CAIRN_METHODS.undo]: {
    params: { sessionId: string; turns?: number; force?: boolean }
    result: CairnRewound
  }
  [CAIRN_METHODS.redo]: { params: { sessionId: string; force?: boolean }; result: CairnRewound }
  [CAIRN_METHODS.compact]: { params: { sessionId: string }; result: Record<string, never> }
  [CAIRN_METHODS.context]: { params: { sessionId: string }; result: CairnContext }
  [CAIRN_METHODS.rename]: { params: { sessionId: string; title: string }; result: Record<string, never> }
}

/** What taking back, or bringing back, did. */
export interface CairnRewound {
  /** The first words of the turn. */
  request: string
  /** Files written and removed. */
  written: number
  deleted: number
  /** Files left alone because they were changed since; `force` overwrites them. */
  kept: string[]
  /** Effects that cannot be undone. */
  remaining: string[]
}

export interface CairnContext {
  usage: ContextUsage
  ledger: readonly Entry[]
}

/** Params of `_cairn/session/event`. */
export interface CairnEvent {
  sessionId: string
  event: Event
}
