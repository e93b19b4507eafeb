import type { ApprovalAnswer, ApprovalRequest, Approver, ApprovalScope } from './approval.ts'

/** How a question ended. */
export type ApprovalOutcome =
  | { outcome: 'granted'; by: string[]; scope: ApprovalScope }
  | { outcome: 'denied'; by: string; reason: string }
  | { outcome: 'expired'; reason: string }

/** Why an answer counts for nothing; null where it counts. */
function answerFault(record: ApprovalRequest, answer: ApprovalAnswer): string | null {
  if (answer.by === '' || answer.by === record.requester) return 'whoever asks cannot approve'
  if (answer.decision === 'deny') return null
  if (record.allowed !== null && !record.allowed.includes(answer.by))
    return `${answer.by} does not have the role that may approve this`
  if (record.grantedBy.includes(answer.by)) return `${answer.by} has approved already; another person has to`
  return null
}

/**
 * Puts a question to every approver until enough different people have granted it, one has denied it, or time is up.
 * An approver that gives an answer which counts for nothing is not asked again. `onGrant` sees every yes that counts.
 */
export async function collectAnswers(
  record: ApprovalRequest,
  approvers: readonly Approver[],
  options: { signal: AbortSignal; now: () => number; onGrant: (by: string, scope: ApprovalScope) => void },
): Promise<ApprovalOutcome> {
  const { now, onGrant } = options
  const clock = AbortSignal.timeout(Math.max(0, Math.min(record.expiresAt - now(), 2 ** 31 - 1)))
  const ended = AbortSignal.any([clock, options.signal])
  const over = new Promise<null>((resolve) => {
    if (ended.aborted) resolve(null)
    ended.addEventListener('abort', () => resolve(null), { once: true })
  })
  const expired = (): ApprovalOutcome => ({
    outcome: 'expired',
    reason: options.signal.aborted ? 'the run was ended before an answer came' : 'nobody answered in time',
  })
  let sources = [...approvers]
  let fault = 'there is nobody who can be asked'
  let scope: ApprovalScope = 'session'
  let current = record
  while (sources.length > 0) {
    const round = new AbortController()
    const signal = AbortSignal.any([ended, round.signal])
    const asked = sources.map((source) =>
      source.request(current, { signal }).then(
        (answer) => ({ source, answer }),
        (error: unknown) => ({ source, error }),
      ),
    )
    const first = await Promise.race([...asked, over])
    round.abort()
    if (first === null || ended.aborted || now() >= record.expiresAt) return expired()
    if ('error' in first) {
      fault = first.error instanceof Error ? first.error.message : String(first.error)
      sources = sources.filter((source) => source !== first.source)
      continue
    }
    const { answer, source } = first
    const wrong = answerFault(current, answer)
    if (wrong !== null) {
      fault = wrong
      sources = sources.filter((each) => each !== source)
      continue
    }
    if (answer.decision === 'deny')
      return { outcome: 'denied', by: answer.by, reason: answer.reason ?? 'denied' }
    const granted = record.scopes.includes(answer.scope) ? answer.scope : 'once'
    if (granted === 'once') scope = 'once'
    onGrant(answer.by, granted)
    current = { ...current, grantedBy: [...current.grantedBy, answer.by] }
    if (current.grantedBy.length >= record.approvers)
      return { outcome: 'granted', by: [...current.grantedBy], scope }
  }
  return { outcome: 'denied', by: 'cairn', reason: fault }
}
