import type {
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
} from '@agentclientprotocol/sdk'
import { showRequest, type ApprovalAnswer, type Approver } from '@cairn/guard'
import { viewCall } from './call-view.ts'

const OPTIONS = {
  deny: { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
  once: { optionId: 'allow-once', name: 'Allow this once', kind: 'allow_once' },
  session: { optionId: 'allow-session', name: 'Allow exactly this for the session', kind: 'allow_always' },
} as const satisfies Record<string, PermissionOption>

/** Asks the client, which asks the person. */
export type AskClient = (
  request: RequestPermissionRequest,
  signal: AbortSignal,
) => Promise<RequestPermissionResponse>

/**
 * Approvals through the client: every byte of the action is in what it shows. Anything but a clear yes denies, an error
 * and an unknown choice included. `by`: the identity under which answers are journaled.
 */
export function clientApprover(ask: AskClient, facts: { cwd: string; by: string }): Approver {
  const { cwd, by } = facts
  return {
    async request(record, { signal }): Promise<ApprovalAnswer> {
      const { title, kind, locations, content } = viewCall(record.action.tool, record.action.args, cwd)
      const options: PermissionOption[] = [OPTIONS.deny]
      if (record.scopes.includes('once')) options.push(OPTIONS.once)
      if (record.scopes.includes('session')) options.push(OPTIONS.session)
      const shown = {
        type: 'content' as const,
        content: { type: 'text' as const, text: showRequest(record) },
      }
      let response: RequestPermissionResponse
      try {
        response = await ask(
          {
            sessionId: record.session,
            toolCall: {
              toolCallId: record.call,
              title,
              kind,
              status: 'pending',
              locations,
              content: [shown, ...content],
            },
            options,
          },
          signal,
        )
      } catch (error) {
        if (signal.aborted) throw error
        const why = error instanceof Error ? error.message : String(error)
        return { decision: 'deny', by, reason: `the client could not ask: ${why}` }
      }
      const { outcome } = response
      if (outcome.outcome !== 'selected') return { decision: 'deny', by, reason: 'cancelled' }
      const chosen = options.find(({ optionId }) => optionId === outcome.optionId)
      if (chosen === OPTIONS.once) return { decision: 'grant', by, scope: 'once' }
      if (chosen === OPTIONS.session) return { decision: 'grant', by, scope: 'session' }
      return { decision: 'deny', by }
    },
  }
}
