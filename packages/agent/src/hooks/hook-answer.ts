import type { Json } from '@cairn/journal'
import type { HookEvent } from './hook.ts'
import type { CommandEnd } from './run-command.ts'

/** What one hook said. It can hold something up, ask, annotate or narrow; there is no word for allowing. */
export interface HookAnswer {
  outcome: 'ok' | 'blocked' | 'ask' | 'stopped' | 'failed'
  /** Why; for the model where it blocks, for the person where it failed. */
  reason: string
  /** For the model. */
  context: string
  /** For the person. */
  message: string
  /** Instead of the arguments of a call. */
  input: { [key: string]: Json } | null
}

/** Of one text that reaches the model, in UTF-16 code units. */
const MOST_TEXT = 10_000

const isRecord = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const bound = (text: string): string =>
  text.length <= MOST_TEXT ? text.trim() : `${text.slice(0, MOST_TEXT).trim()} [cut]`

const textOf = (value: unknown): string => (typeof value === 'string' ? bound(value) : '')

/** Moments at which plain output of a hook is meant for the model. */
const PLAIN_CONTEXT: ReadonlySet<HookEvent> = new Set(['UserPromptSubmit', 'SessionStart'])

function jsonOf(out: string): { [key: string]: Json } | null {
  if (!out.trimStart().startsWith('{')) return null
  try {
    const parsed: unknown = JSON.parse(out)
    return isRecord(parsed) ? parsed : null
  } catch {
    return null
  }
}

function failure({ exit, err, cause }: CommandEnd): string {
  const how =
    cause === 'timeout'
      ? 'it was ended at its time limit'
      : cause === 'aborted'
        ? 'it was cancelled'
        : cause === 'failed'
          ? 'it could not be started'
          : `exit code ${exit ?? 'none'}`
  const said = err.trim().split('\n').at(-1) ?? ''
  return bound(said === '' ? how : `${how}: ${said}`)
}

/**
 * Reads what a hook printed, by the rules of Claude Code: exit code 2 blocks with the standard error as reason, another code is a
 * failure that holds nothing up, and with 0 a JSON object on the standard output decides. `allow` and `approve` say nothing: what
 * the policy decides stands.
 */
export function readAnswer(event: HookEvent, end: CommandEnd): HookAnswer {
  const answer: HookAnswer = { outcome: 'ok', reason: '', context: '', message: '', input: null }
  if (end.cause !== 'exit') return { ...answer, outcome: 'failed', reason: failure(end) }
  if (end.exit === 2) {
    const reason = bound(end.err.trim() === '' ? end.out : end.err)
    return { ...answer, outcome: 'blocked', reason: reason === '' ? 'A hook blocked this.' : reason }
  }
  if (end.exit !== 0) return { ...answer, outcome: 'failed', reason: failure(end) }
  const json = jsonOf(end.out)
  if (json === null) return PLAIN_CONTEXT.has(event) ? { ...answer, context: bound(end.out) } : answer
  const specific = isRecord(json['hookSpecificOutput']) ? json['hookSpecificOutput'] : {}
  const permission = specific['permissionDecision'] ?? json['permissionDecision']
  const input = specific['updatedInput'] ?? json['updatedInput']
  const blocked = json['decision'] === 'block' || json['decision'] === 'deny' || permission === 'deny'
  const reason = textOf(specific['permissionDecisionReason']) || textOf(json['reason'])
  return {
    outcome:
      json['continue'] === false
        ? 'stopped'
        : blocked
          ? 'blocked'
          : permission === 'ask' && event === 'PreToolUse'
            ? 'ask'
            : 'ok',
    reason: json['continue'] === false ? textOf(json['stopReason']) || reason : reason,
    context: textOf(specific['additionalContext']) || textOf(json['additionalContext']),
    message: textOf(json['systemMessage']),
    input: event === 'PreToolUse' && isRecord(input) ? input : null,
  }
}
