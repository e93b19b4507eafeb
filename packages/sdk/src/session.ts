import type { ClientContext, ContentBlock, SessionUpdate } from '@agentclientprotocol/sdk'
import {
  CAIRN_METHODS,
  type CairnContext,
  type CairnEvent,
  type CairnRequests,
  type CairnRewound,
  type CairnTurnEnd,
} from '@cairn/server/acp/extension'
import { createQueue, type Queue } from './queue.ts'
import { cairnError, CairnError } from './sdk-error.ts'

/** One committed event of the journal. */
export type CairnSessionEvent = CairnEvent['event']

/** A turn under way: read it, steer it, end it. */
export interface Turn extends AsyncIterable<SessionUpdate> {
  /** How it ended. Rejects with a `CairnError` where it could not be run. */
  readonly end: Promise<CairnTurnEnd>
  /** Says something that is delivered between two steps. */
  steer(text: string): Promise<void>
  /** Ends it now; `end` resolves with `cancelled`. */
  cancel(): Promise<void>
  /** The words of the model, put together. Reads the turn to its end. */
  text(): Promise<string>
}

export interface CairnSession {
  readonly id: string
  /** Committed events of the journal, from the moment of this call on: context, evidence, checks, money. One reader. */
  events(): AsyncIterable<CairnSessionEvent>
  prompt(prompt: string | ContentBlock[]): Turn
  /** A copy up to the end of a turn, or of all; it is loaded to be used. */
  fork(turn?: number): Promise<string>
  /** Takes the newest turns back, conversation and files. */
  undo(options?: { turns?: number; force?: boolean }): Promise<CairnRewound>
  redo(options?: { force?: boolean }): Promise<CairnRewound>
  /** Rewrites the context now, or at the next boundary. */
  compact(): Promise<void>
  /** What fills the window, and the constraints, decisions and contracts in force. */
  context(): Promise<CairnContext>
  rename(title: string): Promise<void>
  setModel(name: string): Promise<void>
  setEffort(effort: 'default' | 'minimal' | 'low' | 'medium' | 'high' | 'max'): Promise<void>
  close(): Promise<void>
}

/** Where updates and events of a session arrive. */
export interface Inbox {
  update(update: SessionUpdate): void
  event(event: CairnSessionEvent): void
  end(error: unknown): void
}

function turnEnd(response: { stopReason: string; _meta?: unknown }): CairnTurnEnd {
  const meta = response._meta
  const told = typeof meta === 'object' && meta !== null && 'cairn' in meta ? meta.cairn : null
  if (typeof told !== 'object' || told === null || !('status' in told))
    throw new CairnError(
      'request',
      'the command did not say how the turn ended',
      'Use a cairn of this version.',
    )
  // Both ends are of one version; the rest of it is what `status` goes with.
  return told as CairnTurnEnd
}

export function openSession(agent: ClientContext, id: string): { session: CairnSession; inbox: Inbox } {
  let turn: Queue<SessionUpdate> | null = null
  const listeners = new Set<Queue<CairnSessionEvent>>()
  const request = async <M extends keyof CairnRequests>(
    method: M,
    params: Omit<CairnRequests[M]['params'], 'sessionId'>,
  ): Promise<CairnRequests[M]['result']> => {
    try {
      return await agent.request<CairnRequests[M]['result']>(method, { sessionId: id, ...params })
    } catch (error) {
      throw cairnError(error)
    }
  }
  const configure = async (configId: string, value: string) => {
    try {
      await agent.request('session/set_config_option', { sessionId: id, configId, value })
    } catch (error) {
      throw cairnError(error)
    }
  }
  const session: CairnSession = {
    id,
    events() {
      const queue = createQueue<CairnSessionEvent>()
      listeners.add(queue)
      return queue
    },
    prompt(prompt) {
      const updates = createQueue<SessionUpdate>()
      const blocks: ContentBlock[] = typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt
      const busy = turn !== null
      if (!busy) turn = updates
      const run = async () => {
        try {
          return turnEnd(await agent.request('session/prompt', { sessionId: id, prompt: blocks }))
        } catch (error) {
          throw cairnError(error)
        } finally {
          if (!busy) turn = null
          updates.end()
        }
      }
      const end = run()
      // Whoever only reads the updates is not surprised by a rejection that nobody awaits.
      end.catch(() => undefined)
      return {
        end,
        steer: async (text) => void (await request(CAIRN_METHODS.steer, { text })),
        cancel: () => agent.notify('session/cancel', { sessionId: id }),
        async text() {
          let words = ''
          for await (const update of updates)
            if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
              words += update.content.text
          await end
          return words
        },
        [Symbol.asyncIterator]: () => updates[Symbol.asyncIterator](),
      }
    },
    fork: async (at) => (await request(CAIRN_METHODS.fork, at === undefined ? {} : { turn: at })).sessionId,
    undo: (options = {}) => request(CAIRN_METHODS.undo, options),
    redo: (options = {}) => request(CAIRN_METHODS.redo, options),
    compact: async () => void (await request(CAIRN_METHODS.compact, {})),
    context: () => request(CAIRN_METHODS.context, {}),
    rename: async (title) => void (await request(CAIRN_METHODS.rename, { title })),
    setModel: (name) => configure('model', name),
    setEffort: (effort) => configure('effort', effort),
    async close() {
      await agent.request('session/close', { sessionId: id })
      inbox.end(undefined)
    },
  }
  const inbox: Inbox = {
    update: (update) => turn?.push(update),
    event(event) {
      for (const queue of listeners) queue.push(event)
    },
    end(error) {
      turn?.end(error)
      for (const queue of listeners) queue.end(error)
      listeners.clear()
    },
  }
  return { session, inbox }
}
