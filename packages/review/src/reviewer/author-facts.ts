import type { Event } from '@cairn/journal'
import type { AuthorFacts } from './build-brief.ts'

/** From the journal of the session that made the change: what a person asked, and the last result of each check. */
export function authorFacts(events: Iterable<Event>): AuthorFacts {
  const requests: string[] = []
  const checks = new Map<string, boolean>()
  for (const event of events) {
    if (event.kind === 'user.message' && event.body.by === undefined) requests.push(event.body.text)
    if (event.kind === 'check.finished') checks.set(event.body.command, event.body.ok)
  }
  return { requests, checks: [...checks].map(([command, ok]) => ({ command, ok })) }
}
