import type { EventBodies, Store } from '@cairn/journal'
import type { Checkpoints } from '@cairn/workspace'
import { AgentError } from '../errors.ts'
import type { Checkpointer } from '../checkpointer.ts'
import type { McpTools } from '../mcp/open-mcp.ts'
import type { Recorder } from '../recorder.ts'
import type { LabelState } from '../session-labels.ts'
import type { Tool } from '../tool.ts'

/** What makes a session that of a sub-agent. */
export interface NestedSession {
  /** The event of the parent that started it, and what is handed on from the parent's ledger. */
  inherited: EventBodies['ledger.inherited']
  /** The parent's labels: a sub-agent was told by one that has read these things. */
  labels: Pick<LabelState, 'untrusted' | 'private'>
  /** Name of its type. */
  agent: string
  /** 1 for the sub-agent of a session. */
  depth: number
  /** Follows the system prompt. */
  prompt: string
  allows(tool: Pick<Tool, 'name' | 'effect'>): boolean
  /** Those of the parent: there is one keeper of the files, and one connection to each server. */
  checkpoints: Checkpoints
  checkpointer: Checkpointer
  mcp: Pick<McpTools, 'tools' | 'find' | 'problems' | 'eachSecret'> | null
}

/** Refuses to go on with the journal of a sub-agent as a session of its own: what limited it would be gone. */
export function refuseSubAgent(store: Pick<Store, 'read'>, options: { nested?: NestedSession }): void {
  if (options.nested !== undefined) return
  for (const { kind, body } of store.read({ kinds: ['session.started'] })) {
    if (kind !== 'session.started' || body.parent === undefined) return
    throw new AgentError(
      'sub-agent',
      `this is the journal of a sub-agent of session ${body.parent.session}`,
      `Go on with that session: cairn resume ${body.parent.session}`,
    )
  }
}

/** Writes what holds for a sub-agent from its parent, before its first request. */
export function recordNested(nested: NestedSession, recorder: Pick<Recorder, 'record'>): void {
  const { agent, depth, labels } = nested
  recorder.record('session.environment', {
    facts: {
      subAgent: {
        agent,
        depth,
        untrusted: labels.untrusted !== null,
        private: labels.private?.what ?? null,
      },
    },
  })
  recorder.record('ledger.inherited', nested.inherited)
}

/** The checkpointer of a sub-agent: the parent's turn keeps the way back, and a sub-agent writes no trees of its own. */
export function nestedCheckpointer(parent: Checkpointer, onEffect: () => Promise<void>): Checkpointer {
  return {
    turnStarts: () => undefined,
    async beforeEffect() {
      await parent.beforeEffect()
      await onEffect()
    },
    start: () => parent.start(),
    stepEnded: () => undefined,
    turnEnded: async () => undefined,
    close: async () => undefined,
  }
}
