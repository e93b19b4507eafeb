import type { SessionUpdate } from '@agentclientprotocol/sdk'

/** What goes to the client without being answered, in order. */
export interface Outbox {
  update(sessionId: string, update: SessionUpdate): void
  notify(method: string, params: unknown): void
  /** Resolves when everything so far was handed to the transport, or the client is gone. */
  flushed(): Promise<void>
}

type Message = { method: string; params: unknown }
type Chunk = Extract<SessionUpdate, { sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk' }>

const isChunk = (update: SessionUpdate): update is Chunk =>
  update.sessionUpdate === 'agent_message_chunk' || update.sessionUpdate === 'agent_thought_chunk'

/** Text of one message that waits behind a slow client becomes one piece: what waits is not more than what was said. */
function joined(last: SessionUpdate | null, next: SessionUpdate): SessionUpdate | null {
  if (last === null || !isChunk(last) || !isChunk(next)) return null
  if (last.sessionUpdate !== next.sessionUpdate || last.messageId !== next.messageId) return null
  if (last.content.type !== 'text' || next.content.type !== 'text') return null
  return { ...last, content: { type: 'text', text: last.content.text + next.content.text } }
}

export function createOutbox(send: (method: string, params: unknown) => Promise<void>): Outbox {
  const waiting: Message[] = []
  let last: { sessionId: string; update: SessionUpdate; message: Message } | null = null
  let pumping: Promise<void> | null = null
  const pump = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (last?.message === next) last = null
      try {
        await send(next.method, next.params)
      } catch {
        // The client is gone; whoever drives the connection ends the sessions.
        waiting.length = 0
      }
    }
  }
  const push = (message: Message) => {
    waiting.push(message)
    pumping ??= pump().finally(() => (pumping = null))
  }
  return {
    update(sessionId, update) {
      const more = last?.sessionId === sessionId ? joined(last.update, update) : null
      if (last !== null && more !== null) {
        last.update = more
        last.message.params = { sessionId, update: more }
        return
      }
      const message = { method: 'session/update', params: { sessionId, update } }
      last = { sessionId, update, message }
      push(message)
    },
    notify(method, params) {
      last = null
      push({ method, params })
    },
    async flushed() {
      await pumping
    },
  }
}
