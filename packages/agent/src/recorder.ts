import type { Event, EventBodies, EventKind, NewEvent, Store } from '@cairn/journal'
import type { Context } from '@cairn/context'

/** Takes every committed event, in order. */
export type EventListener = (event: Event) => void

/**
 * The one way into the journal for a running session: an event is committed, then taken by the context, then shown to
 * listeners. Nothing is shown or projected that a crash could lose.
 */
export interface Recorder {
  readonly turn: number
  readonly step: number
  record<K extends EventKind>(kind: K, body: EventBodies[K]): Event
  recordAll(events: readonly { kind: EventKind; body: EventBodies[EventKind] }[]): Event[]
  nextTurn(): void
  nextStep(): void
}

export function createRecorder(deps: {
  store: Pick<Store, 'append'>
  context: Pick<Context, 'ingest'>
  now: () => number
  listener: EventListener
  turn: number
  step: number
}): Recorder {
  const { store, context, now, listener } = deps
  let { turn, step } = deps
  const recordAll: Recorder['recordAll'] = (events) => {
    const time = now()
    // Kind and body come in pairs from typed callers; the union of pairs cannot be re-proved here.
    const fresh = events.map(({ kind, body }) => ({ time, turn, step, kind, body }) as NewEvent)
    const committed = store.append(fresh)
    for (const event of committed) {
      context.ingest(event)
      listener(event)
    }
    return committed
  }
  return {
    get turn() {
      return turn
    },
    get step() {
      return step
    },
    record(kind, body) {
      const [event] = recordAll([{ kind, body }])
      if (event === undefined) throw new Error('the store gave back no event for one that it was given')
      return event
    },
    recordAll,
    nextTurn() {
      turn += 1
      step = 0
    },
    nextStep() {
      step += 1
    },
  }
}
