import type { Redactor } from '@cairn/guard'
import type { Context } from '@cairn/context'
import type { AssistantPart, BlobStore, EventBodies } from '@cairn/journal'
import { ModelError, type Model } from '@cairn/models'
import { budgetExceeded, type Budget } from './budget.ts'
import { createClaims } from './claims.ts'
import type { CompletionGate } from './completion-gate.ts'
import { createRequestCheck, modelStep, type Delta, type Effort, type EpochWatch } from './model-step.ts'
import type { NarrativeRunner } from './narrative.ts'
import type { ProviderCompaction } from './provider-compaction.ts'
import type { Recorder } from './recorder.ts'
import { createRepetitionWatch, type RepetitionVerdict } from './repetition.ts'
import type { SessionState } from './session-state.ts'
import type { ToolLookup } from './tool.ts'
import { toolStep, type CallGuard } from './tool-step.ts'
import { turnEnd, type TurnEnd } from './turn-end.ts'

export interface TurnDeps {
  model: Model
  context: Context
  recorder: Recorder
  state: SessionState
  tools: ToolLookup
  blobs: BlobStore
  redactor: Redactor
  guard: CallGuard
  gate: CompletionGate
  narrative: NarrativeRunner
  compaction: ProviderCompaction
  budget: Budget
  now: () => number
  signal: AbortSignal
  onDelta: (delta: Delta) => void
  /** Awaited before a call that may change files. */
  beforeEffect: () => Promise<void>
  /** Called after commands ran: what they did against a statement of the ledger. */
  afterCommands: () => Promise<string[]>
  /** Called between steps: writes what happened meanwhile (processes that ended, what the person said). */
  atBoundary: () => void
  /** Awaited before each model call. Throws where the session may not go on here. */
  stepBoundary: () => Promise<void>
  /** The person has said something that waits for the next boundary. */
  userWaits: () => boolean
  effort: () => Effort | null
  /** Asked when the model is done: why it has to go on, or null. */
  beforeEnd: (end: TurnEnd) => Promise<string | null>
  /** Awaited around a rewrite of the context. */
  epoch: EpochWatch
}

type Answer = EventBodies['model.answered']
type Call = Extract<AssistantPart, { type: 'call' }>

const RETRYABLE = new Set(['server', 'rate-limited', 'cut', 'timeout', 'unreachable', 'bad-response'])
/** Faults that a smaller or plainer request can mend: the context makes one, this many times in a row. */
const MENDABLE = new Set(['context-overflow', 'too-large', 'bad-native'])
const MAX_MENDED = 3
const MAX_UNUSABLE = 2

/** Runs steps until the model stops, the gate accepts, or a limit is reached. */
export async function runTurn(deps: TurnDeps): Promise<TurnEnd> {
  const { recorder, narrative, signal } = deps
  const limitReached = limitWatch(deps)
  const ask = modelAsker(deps)
  const claims = createClaims(deps.gate, recorder, deps.userWaits)
  const repetition = createRepetitionWatch()
  let unusable = 0

  for (;;) {
    deps.atBoundary()
    narrative.settle()
    const over = limitReached()
    if (over !== null) return over
    await deps.stepBoundary()

    recorder.nextStep()
    const asked = await ask()
    if ('end' in asked) return limitReached() ?? asked.end
    if (asked.answer === null) continue
    narrative.start()

    const calls = asked.answer.parts.filter((part): part is Call => part.type === 'call')
    if (calls.length === 0) {
      const why = whyUnusable(asked.answer)
      if (why === 'filtered') return turnEnd('refused', 'The provider stopped the answer for policy reasons.')
      if (why !== null) {
        unusable += 1
        if (unusable > MAX_UNUSABLE)
          return turnEnd('failed', 'The model gave no usable answer several times in a row.')
        recorder.record('harness.message', {
          text: `${why}. Continue with a tool call, or say what you found.`,
          reason: 'empty-answer',
        })
        continue
      }
      const end = await claims.stopped(textOf(asked.answer), signal)
      if (end !== null && !(await heldUp(deps, end))) return end
      continue
    }

    unusable = 0
    const {
      calls: made,
      finish,
      stop,
    } = await toolStep({
      calls,
      tools: deps.tools,
      recorder,
      blobs: deps.blobs,
      redactor: deps.redactor,
      guard: deps.guard,
      beforeEffect: deps.beforeEffect,
      treeBefore: () => deps.gate.treeBefore(),
      now: deps.now,
      signal,
    })
    if (calls.some(({ tool }) => deps.tools.get(tool)?.effect === 'exec')) {
      const against = await deps.afterCommands()
      if (against.length > 0)
        recorder.record('harness.message', {
          text: `A command changed files against what was asked: ${against.join('; ')}. Take that back before you go on; the work is not accepted with it.`,
          reason: 'constraint',
        })
    }
    if (stop !== null && finish === null) return turnEnd('blocked', `Stopped by a hook: ${stop}`)
    const end =
      finish === null
        ? repeated(repetition.see(made), recorder)
        : await claims.finished(finish.call, finish.claim, signal)
    if (end !== null && (finish === null || !(await heldUp(deps, end)))) return end
  }
}

/** Whether a hook lets the model go on instead of ending. Its reason is told. */
async function heldUp({ beforeEnd, recorder, signal }: TurnDeps, end: TurnEnd): Promise<boolean> {
  const reason = signal.aborted ? null : await beforeEnd(end)
  if (reason === null) return false
  recorder.record('harness.message', { text: reason, reason: 'hook' })
  return true
}

/** Gives the end where a limit is reached, else null. What the budget allows counts from the beginning of this turn. */
function limitWatch({ state, budget, now, signal }: TurnDeps): () => TurnEnd | null {
  const tokens = () => state.usage.input + state.usage.output
  const first = { steps: state.steps, tokens: tokens(), usd: state.costUsd ?? 0 }
  const startedAt = now()
  return () => {
    if (signal.aborted) return turnEnd('cancelled', 'Cancelled.')
    const usd = state.costUsd === null ? null : state.costUsd - first.usd
    const spent = { steps: state.steps - first.steps, tokens: tokens() - first.tokens, usd, startedAt }
    const over = budgetExceeded(budget, spent, now())
    if (over === null) return null
    const openItems = ['the budget ended the work before it was finished']
    return turnEnd('budget', `Stopped at the budget: ${over}.`, { openItems })
  }
}

/** Asks the model once. A null answer: it failed in a way that the next request mends. */
function modelAsker(deps: TurnDeps): () => Promise<{ answer: Answer | null } | { end: TurnEnd }> {
  const { model, context, recorder, state, now, signal, onDelta } = deps
  const check = createRequestCheck(model)
  let mended = 0
  return async () => {
    try {
      const answer = await modelStep({
        model,
        context,
        recorder,
        compaction: deps.compaction,
        callIds: state.callIds,
        check,
        now,
        signal,
        onDelta,
        effort: deps.effort(),
        epoch: deps.epoch,
      })
      mended = 0
      return { answer }
    } catch (error) {
      if (signal.aborted) return { end: turnEnd('cancelled', 'Cancelled.') }
      if (!(error instanceof ModelError)) throw error
      recorder.record('model.failed', {
        code: error.code,
        message: error.message,
        retryable: RETRYABLE.has(error.code),
      })
      mended += 1
      if (MENDABLE.has(error.code) && mended <= MAX_MENDED) return { answer: null }
      const hint = error.hint === undefined || error.hint === '' ? '' : ` ${error.hint}`
      return { end: turnEnd(error.code === 'policy' ? 'refused' : 'failed', `${error.message}${hint}`) }
    }
  }
}

function textOf(answer: Answer): string {
  const texts = answer.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.join('').trim()
}

/** Why an answer without calls is no answer, or null where it is one. */
function whyUnusable(answer: Answer): string | null {
  if (answer.finish === 'filter') return 'filtered'
  if (answer.finish === 'length') return 'The answer was cut off at the output limit'
  return textOf(answer) === '' ? 'The answer was empty' : null
}

function repeated(verdict: RepetitionVerdict, recorder: Recorder): TurnEnd | null {
  if (verdict.kind === 'fine') return null
  const text = `the same call gave the same result ${verdict.times} times in a row`
  if (verdict.kind === 'stop')
    return turnEnd('blocked', `Stopped: ${text}.`, { openItems: ['the model was repeating itself'] })
  recorder.record('harness.message', {
    text: `Attention: ${text}. Try something else, or finish with what is open.`,
    reason: 'repetition',
  })
  return null
}
