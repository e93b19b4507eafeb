import { inspectSession, traceSession, AgentError } from '@cairn/agent'
import { liveEvents, type CheckResult, type Event, type Store } from '@cairn/journal'

/** Something that binds the work, and whether it is shown. */
interface Statement {
  text: string
  status: 'shown' | 'open' | 'violated' | 'not shown'
}

/** What the journal proves about the work since the last commit of the session. */
export interface Evidence {
  session: string
  /** Events in force since then. */
  events: Event[]
  /** Files of the session that the last commit left out. */
  pending: string[]
  /** What was asked for, in order. */
  requests: string[]
  /** Name that a person gave the session. */
  named: string | null
  plan: string[]
  statements: Statement[]
  /** Reported as open when the session ended last. */
  openItems: string[]
  /** Newest result of each check. */
  checks: CheckResult[]
  /** The one that decides: the check of the session, else the newest. */
  main: CheckResult | null
}

/** Reads from a journal what a message of a commit may say. */
export function readEvidence(store: Store): Evidence {
  const live = [...liveEvents(store)]
  const last = live.findLast((event) => event.kind === 'change.committed')
  const since = last?.seq ?? 0
  const events = live.filter(({ seq }) => seq > since)
  const start = live.find((event) => event.kind === 'session.started')
  const checks = new Map<string, CheckResult>()
  for (const event of live)
    if (event.kind === 'check.finished') {
      // The newest last.
      checks.delete(event.body.command)
      checks.set(event.body.command, event.body)
    }
  const end = events.findLast((event) => event.kind === 'session.finished')
  return {
    session: store.sessionId,
    events,
    pending: last?.body.left ?? [],
    requests: events.flatMap((event) =>
      event.kind === 'user.message' && event.body.by !== 'agent' ? [event.body.text] : [],
    ),
    named: events.findLast((event) => event.kind === 'session.renamed')?.body.title ?? null,
    plan:
      events
        .findLast((event) => event.kind === 'plan.updated')
        ?.body.items.filter(({ status }) => status === 'done')
        .map(({ text }) => text) ?? [],
    statements: statementsOf(store, since),
    openItems: end?.body.openItems ?? [],
    checks: [...checks.values()],
    main: checks.get(start?.body.check ?? '') ?? [...checks.values()].at(-1) ?? null,
  }
}

/** What people asked for since the last commit, and whatever is violated. */
function statementsOf(store: Store, since: number): Statement[] {
  try {
    const { events, context } = inspectSession(store)
    return traceSession(events, context.ledger())
      .rows.filter(
        ({ authority, source, status }) =>
          status === 'violated' || (authority === 'user' && (source ?? 0) > since),
      )
      .map(({ text, status }) => ({ text, status }))
  } catch (error) {
    // It ended before its first request, so nothing stands in its ledger.
    if (error instanceof AgentError && error.code === 'no-session') return []
    throw error
  }
}
