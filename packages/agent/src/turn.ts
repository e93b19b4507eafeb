import type { Context } from '@cairn/context'
import type { BlobStore, EndStatus } from '@cairn/journal'
import { ModelError, type Model } from '@cairn/models'
import { budgetExceeded, type Budget } from './budget.ts'
import { createRequestCheck, modelStep, type Delta } from './model-step.ts'
import type { NarrativeRunner } from './narrative.ts'
import type { Recorder } from './recorder.ts'
import { createRepetitionWatch } from './repetition.ts'
import type { SessionState } from './session-state.ts'
import type { FinishClaim, Tool } from './tool.ts'
import { toolStep } from './tool-step.ts'

/** How a turn ended, in words for a person. */
export interface TurnEnd {
  status: EndStatus
  summary: string
  openItems: string[]
  evidence: number[]
}

/** The gate as the loop sees it: it may run the check to find evidence. */
export interface CompletionGate {
  /** Null claim: the model stopped without calling `finish`. `not-asked`: there is nothing to prove. */
  decide(claim: FinishClaim | null, signal: AbortSignal): Promise<{ kind: 'accepted'; evidence: number[] } | { kind: 'refused'; reasons: string[] } | { kind: 'not-asked' }>
}

export interface TurnDeps {
  model: Model
  context: Context
  recorder: Recorder
  state: SessionState
  tools: ReadonlyMap<string, Tool>
  blobs: BlobStore
  gate: CompletionGate
  narrative: NarrativeRunner
  budget: Budget
  startedAt: number
  now: () => number
  signal: AbortSignal
  onDelta: (delta: Delta) => void
  /** Called between steps: writes what happened meanwhile (processes that ended). */
  atBoundary: () => void
}

const RETRYABLE = new Set(['server', 'rate-limited', 'cut', 'timeout', 'unreachable', 'bad-response'])
const MAX_REFUSALS = 4
const MAX_EMPTY = 2
const MAX_OVERFLOWS = 3

const end = (status: EndStatus, summary: string, rest: Partial<TurnEnd> = {}): TurnEnd => ({ status, summary, openItems: [], evidence: [], ...rest })

/** Runs steps until the model stops, the gate accepts, or a limit is reached. */
export async function runTurn(deps: TurnDeps): Promise<TurnEnd> {
  const { recorder, state, signal, now } = deps
  const repetition = createRepetitionWatch()
  const check = createRequestCheck(deps.model)
  const first = { steps: state.steps, tokens: state.usage.input + state.usage.output, usd: state.costUsd ?? 0 }
  let refusals = 0
  let empty = 0
  let overflows = 0

  const refuse = (reasons: string[], call: string | null): TurnEnd | null => {
    refusals += 1
    recorder.record('gate.decided', { accepted: false, reasons, evidence: [] })
    const text = `Not accepted as finished: ${reasons.join('; ')}.`
    if (call !== null) recorder.record('tool.done', { call, tool: 'finish', ok: false, output: text, ms: 0 })
    if (refusals >= MAX_REFUSALS) return end('blocked', text, { openItems: reasons })
    if (call === null)
      recorder.record('harness.message', { text: `${text} Go on, or call finish with what is open listed in open_items.`, reason: 'gate' })
    return null
  }

  for (;;) {
    if (signal.aborted) return end('cancelled', 'Cancelled.')
    deps.atBoundary()
    deps.narrative.settle()
    const spent = {
      steps: state.steps - first.steps,
      tokens: state.usage.input + state.usage.output - first.tokens,
      usd: state.costUsd === null ? null : state.costUsd - first.usd,
      startedAt: deps.startedAt,
    }
    const over = budgetExceeded(deps.budget, spent, now())
    if (over !== null) return end('budget', `Stopped at the budget: ${over}.`, { openItems: ['the budget ended the work before it was finished'] })

    recorder.nextStep()
    let answer: Awaited<ReturnType<typeof modelStep>>
    try {
      answer = await modelStep({ model: deps.model, context: deps.context, recorder, callIds: state.callIds, check, now, signal, onDelta: deps.onDelta })
    } catch (error) {
      if (signal.aborted) return end('cancelled', 'Cancelled.')
      if (!(error instanceof ModelError)) throw error
      recorder.record('model.failed', { code: error.code, message: error.message, retryable: RETRYABLE.has(error.code) })
      overflows += 1
      if ((error.code === 'context-overflow' || error.code === 'bad-native' || error.code === 'too-large') && overflows <= MAX_OVERFLOWS) continue
      const hint = error.hint === undefined || error.hint === '' ? '' : ` ${error.hint}`
      return end(error.code === 'policy' ? 'refused' : 'failed', `${error.message}${hint}`)
    }
    deps.narrative.start()

    const calls = answer.parts.filter((part) => part.type === 'call')
    const text = answer.parts
      .filter((part) => part.type === 'text')
      .map((part) => part.text)
      .join('')
      .trim()

    if (calls.length === 0) {
      if (answer.finish === 'filter') return end('refused', 'The provider stopped the answer for policy reasons.')
      if (answer.finish === 'length' || text === '') {
        empty += 1
        if (empty > MAX_EMPTY) return end('failed', 'The model gave no usable answer several times in a row.')
        const why = answer.finish === 'length' ? 'The answer was cut off at the output limit' : 'The answer was empty'
        recorder.record('harness.message', { text: `${why}. Continue with a tool call, or say what you found.`, reason: 'empty-answer' })
        continue
      }
      const verdict = await deps.gate.decide(null, signal)
      if (verdict.kind === 'not-asked') return end('answered', text)
      if (verdict.kind === 'accepted') {
        recorder.record('gate.decided', { accepted: true, reasons: [], evidence: verdict.evidence })
        return end('done', text, { evidence: verdict.evidence })
      }
      const stopped = refuse(verdict.reasons, null)
      if (stopped !== null) return stopped
      continue
    }

    empty = 0
    const result = await toolStep({ calls, tools: deps.tools, recorder, blobs: deps.blobs, now, signal })
    if (result.finish !== null) {
      const { call, claim } = result.finish
      const verdict = await deps.gate.decide(claim, signal)
      if (verdict.kind === 'refused' && claim.openItems.length === 0) {
        const stopped = refuse(verdict.reasons, call)
        if (stopped !== null) return stopped
        continue
      }
      return finished(deps, call, claim, verdict)
    }
    const seen = repetition.see(result.calls)
    if (seen.kind === 'stop')
      return end('blocked', `The same call gave the same result ${seen.times} times in a row.`, { openItems: ['the model was repeating itself'] })
    if (seen.kind === 'warn')
      recorder.record('harness.message', {
        text: `You have made the same call with the same result ${seen.times} times in a row. Try something else, or finish with what is open.`,
        reason: 'repetition',
      })
  }
}

function finished(
  deps: Pick<TurnDeps, 'recorder'>,
  call: string,
  claim: FinishClaim,
  verdict: Awaited<ReturnType<CompletionGate['decide']>>,
): TurnEnd {
  const { recorder } = deps
  const close = (output: string) => recorder.record('tool.done', { call, tool: 'finish', ok: true, output, ms: 0 })
  if (verdict.kind === 'refused') {
    // Ending with open items is honest; it is not done.
    recorder.record('gate.decided', { accepted: false, reasons: verdict.reasons, evidence: [] })
    close('Ended with open items.')
    return end('blocked', claim.summary, { openItems: [...claim.openItems, ...verdict.reasons] })
  }
  const evidence = verdict.kind === 'accepted' ? verdict.evidence : []
  recorder.record('gate.decided', { accepted: true, reasons: [], evidence })
  close('Accepted.')
  if (claim.openItems.length > 0) return end('done-with-open-items', claim.summary, { openItems: claim.openItems, evidence })
  return end(verdict.kind === 'accepted' ? 'done' : 'answered', claim.summary, { evidence })
}
