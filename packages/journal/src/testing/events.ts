import type { Event, NewEvent } from '../event.ts'

/** A user's message as an event. */
export const message = (text: string, time = 1_700_000_000_000): NewEvent => ({
  time,
  turn: 1,
  step: 0,
  kind: 'user.message',
  body: { text },
})

/** The text of a user's message; fails the test for another event. */
export function textOf(event: Event): string {
  if (event.kind !== 'user.message') throw new Error(`Expected a message, got ${event.kind}`)
  return event.body.text
}
