import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk'

/** An action that the policy does not allow by itself. */
export interface Question {
  sessionId: string
  /** Id of the call, as in its updates. */
  call: string
  title: string
  /** Every byte of the action, as a person should see it. */
  text: string
  /** Whether `allow-session` may be answered. */
  canAllowForSession: boolean
}

export type Answer = 'deny' | 'allow-once' | 'allow-session'

/** Answers questions. Whoever lets a program answer takes the place of the person: the journal names the account. */
export type Answerer = (question: Question) => Answer | Promise<Answer>

export async function answerQuestion(
  { sessionId, toolCall, options }: RequestPermissionRequest,
  answer: Answerer | undefined,
): Promise<RequestPermissionResponse> {
  const texts = (toolCall.content ?? []).flatMap((each) =>
    each.type === 'content' && each.content.type === 'text' ? [each.content.text] : [],
  )
  const chosen =
    (await answer?.({
      sessionId,
      call: toolCall.toolCallId,
      title: toolCall.title ?? '',
      text: texts.join('\n'),
      canAllowForSession: options.some(({ optionId }) => optionId === 'allow-session'),
    })) ?? 'deny'
  return { outcome: { outcome: 'selected', optionId: chosen } }
}
