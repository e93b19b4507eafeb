import type { Event } from '@cairn/journal'

/** Version of the line format; it changes only when a reader would break. */
const FORMAT = 1

/** One journal event as one line. `v`, `type`, `session`, `seq`, `time`, `turn` and `step` stand in every line. */
export function jsonLine(session: string, event: Event): string {
  const { kind, body, seq, time, turn, step } = event
  return `${JSON.stringify({ v: FORMAT, type: kind, session, seq, time, turn, step, ...body })}\n`
}
