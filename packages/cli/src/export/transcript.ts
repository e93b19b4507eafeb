import { liveEvents, type Event, type Json, type SessionSummary, type Store } from '@cairn/journal'
import { redactJson } from '@cairn/agent'
import { localTime, money } from '../output/format.ts'
import type { Block } from '../tui/state/block.ts'
import { reduceEvent } from '../tui/state/reduce-event.ts'
import { emptyTuiState } from '../tui/state/tui-state.ts'

/** What stands above a transcript. */
export interface TranscriptHead {
  title: string
  facts: string[]
}

/** The events in force, every text of them redacted. */
export function* cleanEvents(store: Store, redact: (text: string) => string): IterableIterator<Event> {
  for (const event of liveEvents(store))
    // Bodies are JSON by the contract of the journal, and stay of their kind: only texts in them change.
    yield { ...event, body: redactJson(event.body as Json, redact) } as Event
}

/** A session as people see it. */
export function transcript(
  session: SessionSummary,
  events: Iterable<Event>,
): { head: TranscriptHead; blocks: Block[] } {
  const state = emptyTuiState()
  for (const event of events) reduceEvent(state, event)
  const facts = [`session ${session.id}`, localTime(session.startedAt), session.model, session.status]
  if (session.costUsd !== null) facts.push(money(session.costUsd))
  return { head: { title: state.title === '' ? session.id : state.title, facts }, blocks: state.blocks }
}
