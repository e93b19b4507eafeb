import {
  actionDigest,
  collectAnswers,
  type ApprovalRequest,
  type Approver,
  type Decision,
  type ExactAction,
  type Provenance,
} from '@cairn/guard'
import type { Event, EventBodies, EventKind, Json } from '@cairn/journal'
import type { Recorder } from './recorder.ts'

/** What a question is about, as the loop knows it. */
interface Question {
  call: string
  action: ExactAction
  decision: Decision
  provenance: readonly Provenance[]
}

type Answered = { granted: true; id: string } | { granted: false; text: string }

/** Asks people, keeps the records, and hands out grants that are good for exactly what was shown. */
export interface Approvals {
  /** Null where nobody can be asked. */
  ask(question: Question, signal: AbortSignal): Promise<Answered | null>
  /** Uses a grant up for the action as it is now. Null: it may run; else why not. */
  use(id: string, call: string, action: ExactAction): string | null
  /** Whether a file tool may write a path that needs an approval: only while a grant for it is in use. */
  coversPath(path: string): boolean
  /** The call has ended. */
  done(id: string): void
  /** Takes all grants back. */
  revoke(reason: string): void
}

interface Grant {
  actionSha256: string
  scope: 'once' | 'session'
  paths: readonly string[]
  running: boolean
  used: boolean
}

const DEFAULT_SECONDS = 900

export function createApprovals(deps: {
  session: string
  approvers: readonly Approver[]
  recorder: Pick<Recorder, 'record'>
  now: () => number
  /** 8 or more random bytes. */
  random: (bytes: number) => Uint8Array
  /** How long a question waits, in seconds. Default 900. */
  seconds?: number
}): Approvals {
  const { session, approvers, recorder, now } = deps
  const requester = `agent:${session}`
  const grants = new Map<string, Grant>()

  const reusable = (actionSha256: string): string | null => {
    for (const [id, grant] of grants)
      if (grant.scope === 'session' && grant.actionSha256 === actionSha256) return id
    return null
  }

  return {
    async ask({ call, action, decision, provenance }, signal) {
      const actionSha256 = actionDigest(action)
      const known = reusable(actionSha256)
      if (known !== null) return { granted: true, id: known }
      if (approvers.length === 0) return null
      const id = Buffer.from(deps.random(8)).toString('hex')
      const requestedAt = now()
      const record: ApprovalRequest = {
        id,
        session,
        call,
        action,
        actionSha256,
        policySha256: decision.policySha256,
        decisionId: decision.id,
        rule: decision.rule,
        reason: decision.reason,
        requester,
        approvers: decision.approvers ?? 1,
        allowed: decision.allowed ?? null,
        grantedBy: [],
        scopes: (decision.approvers ?? 1) > 1 ? ['once'] : ['once', 'session'],
        provenance,
        requestedAt,
        expiresAt: requestedAt + 1_000 * (deps.seconds ?? DEFAULT_SECONDS),
      }
      recorder.record('approval.requested', {
        id,
        call,
        actionSha256,
        decisionId: decision.id,
        rule: decision.rule,
        approvers: record.approvers,
        expiresAt: record.expiresAt,
        // A record is plain JSON by its contract.
        record: record as unknown as Json,
      })
      const end = await collectAnswers(record, approvers, {
        signal,
        now,
        onGrant: (by, scope) => recorder.record('approval.granted', { id, by, scope, actionSha256 }),
      })
      if (end.outcome === 'granted') {
        const paths = action.files.map(({ path }) => path)
        grants.set(id, { actionSha256, scope: end.scope, paths, running: false, used: false })
        return { granted: true, id }
      }
      if (end.outcome === 'denied') {
        recorder.record('approval.denied', { id, by: end.by, reason: end.reason })
        return {
          granted: false,
          text: `Refused: ${end.by} did not approve this call (${end.reason}). Nothing was executed. Do not try the same by another way; do without it, or say what is open.`,
        }
      }
      recorder.record('approval.expired', { id, reason: end.reason })
      return {
        granted: false,
        text: `Refused: this call needed an approval, and ${end.reason}. Nothing was executed.`,
      }
    },
    use(id, call, action) {
      const grant = grants.get(id)
      const actionSha256 = actionDigest(action)
      if (grant === undefined || (grant.used && grant.scope === 'once'))
        return 'Refused: the approval was used up. Nothing was executed.'
      if (grant.actionSha256 !== actionSha256) {
        grants.delete(id)
        recorder.record('approval.expired', { id, reason: 'what was approved had changed before it ran' })
        return 'Refused: what was approved has changed since (a file that the call names has other content). Nothing was executed. Make the call again to have it looked at anew.'
      }
      grant.used = true
      grant.running = true
      recorder.record('approval.used', { id, call, actionSha256 })
      return null
    },
    coversPath: (path) => [...grants.values()].some((grant) => grant.running && grant.paths.includes(path)),
    done(id) {
      const grant = grants.get(id)
      if (grant === undefined) return
      grant.running = false
      if (grant.scope === 'once') grants.delete(id)
    },
    revoke(reason) {
      for (const [id, grant] of grants)
        if (!grant.running || grant.scope === 'session') recorder.record('approval.expired', { id, reason })
      grants.clear()
    },
  }
}

/** The events that tell whether a question is still open. */
export const APPROVAL_KINDS: readonly EventKind[] = [
  'approval.requested',
  'approval.denied',
  'approval.expired',
  'approval.used',
]

/** Ends what an earlier run of the session left open: a grant is good for the run that asked for it only. */
export function expireOpen(events: Iterable<Event>): { kind: EventKind; body: EventBodies[EventKind] }[] {
  const open = new Set<string>()
  for (const { kind, body } of events) {
    if (kind === 'approval.requested') open.add(body.id)
    else if (kind === 'approval.denied' || kind === 'approval.expired' || kind === 'approval.used')
      open.delete(body.id)
  }
  return [...open].map((id) => ({
    kind: 'approval.expired' as const,
    body: { id, reason: 'the run that asked for it has ended' },
  }))
}
