import type { CompletionGate, GateDecision } from './completion-gate.ts'
import type { Recorder } from './recorder.ts'
import type { FinishClaim } from './tool.ts'
import { turnEnd, type TurnEnd } from './turn-end.ts'

/** Refusals after which a turn ends, so that a model that insists does not go on for ever. */
const MAX_REFUSALS = 4

/** What the gate makes of the ways in which a model ends its work. Null: refused, the model goes on. */
export interface Claims {
  /** The model stopped with a text and without `finish`. */
  stopped(text: string, signal: AbortSignal): Promise<TurnEnd | null>
  /** The model called `finish`; its result is written here. */
  finished(call: string, claim: FinishClaim, signal: AbortSignal): Promise<TurnEnd | null>
}

/** `userWaits`: the person has said something that the model has not read: its work is not over, and no refusal is counted. */
export function createClaims(
  gate: CompletionGate,
  recorder: Recorder,
  userWaits: () => boolean = () => false,
): Claims {
  let refusals = 0

  const decided = (decision: Exclude<GateDecision, { kind: 'not-asked' }>) =>
    recorder.record('gate.decided', {
      accepted: decision.kind === 'accepted',
      reasons: decision.kind === 'accepted' ? [] : decision.reasons,
      evidence: decision.kind === 'accepted' ? decision.evidence : [],
    })
  const answer = (call: string, ok: boolean, output: string) =>
    recorder.record('tool.done', { call, tool: 'finish', ok, output, ms: 0 })

  const refuse = (reasons: string[], tell: (text: string) => void): TurnEnd | null => {
    refusals += 1
    const text = `Not accepted as finished: ${reasons.join('; ')}.`
    tell(text)
    return refusals >= MAX_REFUSALS ? turnEnd('blocked', text, { openItems: reasons }) : null
  }

  return {
    async stopped(text, signal) {
      if (userWaits()) return null
      const decision = await gate.decide(null, signal)
      if (decision.kind === 'not-asked') return turnEnd('answered', text)
      decided(decision)
      if (decision.kind === 'accepted') return turnEnd('done', text, { evidence: decision.evidence })
      return refuse(decision.reasons, (refusal) =>
        recorder.record('harness.message', {
          text: `${refusal} Go on, or call finish with what is open listed in open_items.`,
          reason: 'gate',
        }),
      )
    },
    async finished(call, claim, signal) {
      const { summary, openItems } = claim
      if (userWaits()) {
        answer(call, false, 'Not finished yet: the user has written meanwhile. Read it first.')
        return null
      }
      const decision = await gate.decide(claim, signal)
      if (decision.kind !== 'not-asked') decided(decision)
      if (decision.kind === 'refused') {
        if (openItems.length === 0) return refuse(decision.reasons, (refusal) => answer(call, false, refusal))
        // Ending with open items is honest; it is not done.
        answer(call, true, 'Ended with open items.')
        return turnEnd('blocked', summary, { openItems: [...openItems, ...decision.reasons] })
      }
      answer(call, true, 'Accepted.')
      const evidence = decision.kind === 'accepted' ? decision.evidence : []
      if (openItems.length > 0) return turnEnd('done-with-open-items', summary, { openItems, evidence })
      return turnEnd(decision.kind === 'accepted' ? 'done' : 'answered', summary, { evidence })
    },
  }
}
