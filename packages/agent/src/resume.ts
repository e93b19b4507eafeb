import type { EventBodies, EventKind } from '@cairn/journal'
import type { SessionState } from './session-state.ts'

const NOT_STARTED =
  'Not executed: cairn stopped before this call was started. Make it again if it is still wanted.'
const UNKNOWN =
  'Interrupted: cairn stopped while this call ran. It may have had its effect in full, in part or not at all; it was not repeated. Look at the present state before you repeat it.'

/**
 * Closes the calls that a crash left open, so that the transcript is whole: nothing is executed again, and what may have
 * happened is said.
 */
export function closeInterrupted(state: SessionState): { kind: EventKind; body: EventBodies[EventKind] }[] {
  const open = [...state.openCalls]
  if (open.length === 0) return []
  return [
    {
      kind: 'session.resumed',
      body: {
        reason: 'the last run ended before its calls were answered',
        interrupted: open.map(([id]) => id),
      },
    },
    ...open.map(([call, { tool, intended }]) => ({
      kind: 'tool.done' as const,
      body: {
        call,
        tool,
        ok: false,
        output: intended ? UNKNOWN : NOT_STARTED,
        ms: 0,
        lost: 'interrupted' as const,
      },
    })),
  ]
}
