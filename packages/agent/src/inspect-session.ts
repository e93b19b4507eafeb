import { createContext, type ContextConfig, type ContextEngine, type ContextPorts } from '@cairn/context'
import { liveEvents, type Event, type Store } from '@cairn/journal'
import { AgentError } from './errors.ts'
import { emptySessionState, reduceSession } from './session-state.ts'

/** A session's context rebuilt from its journal, for looking at: nothing is run and nothing is written. */
export interface SessionInspection {
  context: ContextEngine
  config: ContextConfig
  ports: ContextPorts
  events: Event[]
}

/** Rebuilds the context of a session from its journal. Throws `AgentError` `no-session` where it has no configuration yet. */
export function inspectSession(store: Store): SessionInspection {
  const events = [...liveEvents(store)]
  const state = emptySessionState()
  for (const event of events) reduceSession(state, event)
  const blob = state.configSha256 === null ? null : store.getBlob(state.configSha256)
  if (blob === null)
    throw new AgentError(
      'no-session',
      `session ${store.sessionId} ended before its first request`,
      'There is nothing to look at yet.',
    )
  // It was written by recordConfig from a value of this type, and its hash was checked with the journal.
  const config = JSON.parse(Buffer.from(blob).toString('utf8')) as ContextConfig
  // Files may have changed since: an inspection shows what the journal holds.
  const ports: ContextPorts = {
    blob: (sha256) => store.getBlob(sha256),
    events: (after) => events.filter(({ seq }) => seq > after),
    disk: () => null,
  }
  const context = createContext(config, ports)
  for (const event of events) context.ingest(event)
  return { context, config, ports, events }
}
