import { createOutboundScanner, outsideEffect, secretValues, type Analysis } from '@cairn/guard'
import { createHash } from 'node:crypto'
import type { LabelGate } from './decide-call.ts'

/** Whether a command reaches out, or may for all that can be read of it. */
function reachesOut(analysis: Analysis): boolean {
  if (analysis.doubts.some(({ doubt }) => doubt === 'parser-failed')) return true
  const { sends, destinations } = outsideEffect(analysis.commands)
  return sends || destinations.length > 0
}

/**
 * Refuses a command that has a registered secret in its text, plain or encoded, and an effect outside of the workspace.
 * Everything else is left to `next`. Nobody is asked: a person who wants to send it has the variable of its name.
 */
export function outboundGate(
  known: { env: NodeJS.ProcessEnv; secrets: readonly string[] },
  next: LabelGate,
): LabelGate {
  const scanner = createOutboundScanner([...known.secrets, ...secretValues(known.env)])
  return (action, analysis, decision) => {
    const judged = next(action, analysis, decision)
    const { command } = action
    if (command === undefined || analysis === null || judged.decision.decision === 'deny') return judged
    if (scanner.empty || !reachesOut(analysis)) return judged
    const found = scanner.find(command)
    if (found === null) return judged
    const rule = 'secrets:outbound'
    const id = createHash('sha256').update(`${decision.id}\n${rule}`).digest('hex').slice(0, 16)
    const reason = `The command carries a secret (written as ${found.spelling}) and reaches out of the workspace.`
    return { ...judged, decision: { ...decision, id, decision: 'deny', rule, reason } }
  }
}
