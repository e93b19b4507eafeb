import type { Event } from '@cairn/journal'

/** Version of the line format; it changes only when a reader would break. */
const FORMAT = 1

/** One journal event as one line. `v`, `type`, `session`, `seq`, `time`, `turn` and `step` stand in every line. */
export function jsonLine(session: string, event: Event): string {
  const { kind, seq, time, turn, step } = event
  const envelope = { v: FORMAT, type: kind, session, seq, time, turn, step }
  if (event.kind !== 'note.written') return `${JSON.stringify({ ...envelope, ...event.body })}\n`
  // `type` names the event in every line, so that of the entry has a name of its own.
  const { type: entryType, ...body } = event.body
  return `${JSON.stringify({ ...envelope, entryType, ...body })}\n`
}
