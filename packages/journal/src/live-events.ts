import type { Event } from './event.ts'
import type { Store } from './store.ts'

/** Seqs from `first` to `last`, inclusive. */
interface Stretch {
  first: number
  last: number
}

type Readable = Pick<Store, 'read'>

/**
 * The stretches of a journal that are in force at its event `at`, in order. A `session.rewound` event follows on the event
 * that it names: what lies between is kept, and no longer counts.
 */
function stretchesAt(rewinds: readonly Event<'session.rewound'>[], at: number): Stretch[] {
  const stretches: Stretch[] = []
  let last = at
  for (const rewind of [...rewinds].reverse()) {
    if (rewind.seq > last) continue
    stretches.unshift({ first: rewind.seq, last })
    last = rewind.body.to
  }
  if (last > 0) stretches.unshift({ first: 1, last })
  return stretches
}

/**
 * The events that are in force, in order: all but those that were undone. `from` and `to` bound their seqs; with `at` they
 * are those that were in force when that event was the newest.
 */
export function* liveEvents(
  store: Readable,
  options: { from?: number; to?: number; at?: number } = {},
): IterableIterator<Event> {
  const { from = 1, to = Infinity, at = Infinity } = options
  const rewinds = [...store.read({ kinds: ['session.rewound'] })].filter(
    (event): event is Event<'session.rewound'> => event.kind === 'session.rewound',
  )
  for (const { first, last } of stretchesAt(rewinds, at)) {
    if (last < from || first > to) continue
    yield* store.read({ from: Math.max(first, from), to: Math.min(last, to) })
  }
}
