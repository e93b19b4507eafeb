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

const SHOWN = 20
const COMMAND_LENGTH = 200

/**
 * Says of processes that were left running that they ended with cairn: none outlives it. A session that goes on has to know, or it
 * waits for a server that is gone.
 */
export function endProcesses(state: SessionState): { kind: EventKind; body: EventBodies[EventKind] }[] {
  const left = [...state.processes]
  if (left.length === 0) return []
  const named = left
    .slice(0, SHOWN)
    .map(([id, command]) => `${id} (${command.replace(/\s+/gu, ' ').slice(0, COMMAND_LENGTH)})`)
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : ''
  return [
    ...left.map(([id]) => ({ kind: 'process.ended' as const, body: { id, exit: null, signal: 'SIGKILL' } })),
    {
      kind: 'session.resumed',
      body: {
        reason: `processes ended when cairn did: ${named.join(', ')}${more}. Start again what is still needed`,
        interrupted: [],
      },
    },
  ]
}
