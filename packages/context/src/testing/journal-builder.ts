import type { Event, EventBodies, EventKind, NewEvent } from '@cairn/journal'

/** Builds a journal in memory: gives events their `seq`, and counts turns and steps as the loop does. */
export interface JournalBuilder {
  readonly events: Event[]
  add<K extends EventKind>(kind: K, body: EventBodies[K]): Event
  append(event: NewEvent): Event
  /** Lets time pass between events (each takes one second). */
  wait(ms: number): void
}

/** A journal that starts at `time` (default 1,700,000,000,000 ms). `onEvent` sees each event as it is added. */
export function journalBuilder(
  onEvent: (event: Event) => void = () => undefined,
  time = 1_700_000_000_000,
): JournalBuilder {
  const events: Event[] = []
  let now = time
  let turn = 0
  let step = 0
  const append = (event: NewEvent): Event => {
    const committed: Event = { ...event, seq: events.length + 1 }
    events.push(committed)
    onEvent(committed)
    return committed
  }
  return {
    events,
    append,
    wait(ms) {
      now += ms
    },
    add(kind, body) {
      now += 1_000
      if (kind === 'user.message') {
        turn++
        step = 0
      }
      if (kind === 'model.answered') step++
      // The pair is right by the signature; the compiler cannot follow a generic index through a mapped union.
      return append({ time: now, turn, step, kind, body } as NewEvent)
    },
  }
}
