import { eventBlobs } from './event-blobs.ts'
import type { Event } from './event.ts'
import type { JournalStore, Store } from './store.ts'

/** Events that are written at once. */
const BATCH = 256

/**
 * Copies the events up to `seq`, with the blobs that they refer to, into a new journal: seqs stay what they are, so that
 * everything that names an event still does. A last event says where it came from.
 */
export function copyJournal(from: JournalStore, to: Store, seq: number, now: number): void {
  let batch: Event[] = []
  let last: Event | null = null
  const write = () => {
    if (batch.length > 0) to.append(batch.map(({ seq: _seq, ...event }) => event))
    batch = []
  }
  for (const event of from.read({ to: seq })) {
    for (const sha256 of eventBlobs(event.kind, event.body)) copyBlob(from, to, sha256)
    batch.push(event)
    last = event
    if (batch.length === BATCH) write()
  }
  write()
  const body = { session: from.sessionId, seq, root: to.head().root }
  to.append([{ time: now, turn: last?.turn ?? 0, step: last?.step ?? 0, kind: 'session.forked', body }])
}

function copyBlob(from: Store, to: Store, sha256: string): void {
  const bytes = from.getBlob(sha256)
  if (bytes !== null) to.putBlob(bytes)
}
