import { emptyLabels, reduceLabels } from '@cairn/agent'
import { liveEvents, type CheckResult, type Event, type EventKind, type Store } from '@cairn/journal'
import { createHash } from 'node:crypto'

/** The newest result of one check. */
interface AttestedCheck extends Pick<CheckResult, 'command' | 'ok' | 'exit' | 'passed' | 'failed'> {
  /** Tree hash that the result holds for, as in the subject `files`. */
  tree: string
  /** Event with the whole result. */
  event: number
}

/** What the journal of a session says about how a change came to be. No text of the conversation is in it. */
export interface SessionFacts {
  session: string
  cairn: string
  /** Hash over what the person asked for, as a JSON array of texts. */
  task: { sha256: string; messages: number }
  model: { asked: string; served: { model: string; answers: number }[] }
  policy: { sha256: string | null; denied: number }
  /** How commands were confined; null where no command ran. */
  sandbox: string | null
  tools: { name: string; calls: number }[]
  checks: AttestedCheck[]
  gate: { accepted: boolean; event: number } | null
  status: string | null
  approvals: { by: string; decision: 'granted' | 'denied'; action: string | null; event: number }[]
  /** Whether text of untrusted origin, and private text, was in the context: the first event with it. */
  labels: { untrusted: number | null; private: number | null }
}

const tally = (words: Iterable<string>): [string, number][] => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * Reads from the first `events` events of a journal what an attestation says about the session. The same events always give
 * the same facts, which is what verifying against a journal rests on.
 */
export function describeSession(store: Pick<Store, 'read' | 'sessionId'>, events: number): SessionFacts {
  const bounded: Pick<Store, 'read'> = {
    read: (options) => store.read({ ...options, to: Math.min(options?.to ?? Infinity, events) }),
  }
  const live = [...liveEvents(bounded)]
  const all = [...bounded.read()]
  // The filter keeps exactly the events of that kind.
  const of = <K extends EventKind>(kind: K) => all.filter((event) => event.kind === kind) as Event<K>[]
  const start = of('session.started')[0]?.body
  const messages = live.flatMap((event) =>
    event.kind === 'user.message' && event.body.by !== 'agent' ? [event.body.text] : [],
  )
  const environment = of('session.environment').map(({ body }) => body.facts)
  const policy = environment.findLast((facts) => typeof facts['policy'] === 'string')?.['policy']
  const sandbox = environment.findLast((facts) => facts['sandbox'] !== undefined)?.['sandbox']
  const labels = emptyLabels()
  for (const event of all) reduceLabels(labels, event)
  const checks = new Map<string, AttestedCheck>()
  for (const { kind, body, seq } of live) {
    if (kind !== 'check.finished') continue
    const { command, ok, exit, passed, failed, treeAfter } = body
    checks.set(command, { command, ok, exit, passed, failed, tree: treeAfter, event: seq })
  }
  const gate = live.findLast((event) => event.kind === 'gate.decided')
  const end = live.findLast((event) => event.kind === 'session.finished')
  return {
    session: store.sessionId,
    cairn: start?.version ?? 'unknown',
    task: {
      sha256: createHash('sha256').update(JSON.stringify(messages)).digest('hex'),
      messages: messages.length,
    },
    model: {
      asked: start === undefined ? 'unknown' : `${start.model.provider}/${start.model.id}`,
      served: tally(of('model.answered').map(({ body }) => body.served ?? body.model)).map(
        ([model, answers]) => ({ model, answers }),
      ),
    },
    policy: {
      sha256: typeof policy === 'string' ? policy : null,
      denied: of('guard.decided').filter(({ body }) => body.decision === 'deny').length,
    },
    sandbox: sandbox === undefined ? null : JSON.stringify(sandbox),
    tools: tally(of('tool.done').map(({ body }) => body.tool)).map(([name, calls]) => ({ name, calls })),
    checks: [...checks.values()],
    gate: gate === undefined ? null : { accepted: gate.body.accepted, event: gate.seq },
    status: end?.body.status ?? null,
    approvals: all.flatMap((event): SessionFacts['approvals'] => {
      if (event.kind === 'approval.granted')
        return [{ by: event.body.by, decision: 'granted', action: event.body.actionSha256, event: event.seq }]
      return event.kind === 'approval.denied'
        ? [{ by: event.body.by, decision: 'denied', action: null, event: event.seq }]
        : []
    }),
    labels: { untrusted: labels.untrusted, private: labels.private?.seq ?? null },
  }
}

/** Last content, by sha256, that the tools of the session left at each path; null where they deleted it. */
export function writtenFiles(store: Pick<Store, 'read'>, events: number): Map<string, string | null> {
  const found = new Map<string, string | null>()
  for (const event of store.read({ to: events, kinds: ['tool.done'] }))
    if (event.kind === 'tool.done')
      for (const { path, op, after } of event.body.files ?? []) if (op !== 'seen') found.set(path, after)
  return found
}
