import { realpathSync } from 'node:fs'
import type { Redactor, Sandbox } from '@cairn/guard'
import type { Approvals } from '../approvals.ts'
import type { EpochWatch } from '../model-step.ts'
import type { Recorder } from '../recorder.ts'
import type { TurnEnd } from '../turn-end.ts'
import { createHooks } from './create-hooks.ts'
import type { Hook } from './hook.ts'
import type { ToolHooks } from './tool-hooks.ts'

/** Milliseconds that hooks have when a session is closed: whoever leaves does not want to wait. */
const END_MS = 5_000
/** Times that hooks may keep a model from ending in one turn. */
const MOST_HELD_UP = 8

/** The moments of a session at which hooks have a say. */
export interface SessionHooks {
  readonly tools: ToolHooks
  readonly epoch: EpochWatch
  /** Before a message of the person counts. With a refusal it never does. */
  opened(prompt: string, signal: AbortSignal): Promise<{ refusal: string | null; context: string[] }>
  /** Why the model has to go on; null: it may end. */
  beforeEnd(end: TurnEnd, signal: AbortSignal): Promise<string | null>
  /** The same approvals; hooks are told of each question, and nobody waits for them. */
  notifying(approvals: Approvals): Approvals
  close(): Promise<void>
}

/** Null where there are no hooks, so that a session without any does nothing for them. */
export function openSessionHooks(
  hooks: readonly Hook[],
  deps: {
    sessionId: string
    repository: string
    /** A sub-agent begins and ends with its parent: of its own it has only `SubagentStop`. */
    nested: boolean
    source: 'startup' | 'resume'
    sandbox: Pick<Sandbox, 'launch' | 'workspace'>
    ready: () => Promise<void>
    beforeEffect: () => Promise<void>
    redactor: Pick<Redactor, 'redact'>
    recorder: Recorder
    /** Writes now, or between two steps where a turn is under way. */
    between: (write: () => void) => void
    now: () => number
  },
): SessionHooks | null {
  if (hooks.length === 0) return null
  const { recorder } = deps
  const repository = realpathSync(deps.repository)
  const inLoop = createHooks({ ...deps, repository, hooks, record: recorder.record })
  const beside = createHooks({
    ...deps,
    repository,
    hooks: hooks.filter(({ event }) => event === 'Notification'),
    later: deps.between,
    record: recorder.record,
  })
  const told = new Set<Promise<unknown>>()
  const ending = new AbortController()
  let begun = false
  let heldUp = 0
  return {
    tools: inLoop,
    epoch: {
      async before() {
        await inLoop.run('PreCompact', { trigger: 'auto', custom_instructions: '' }, { matched: 'auto' })
      },
      async after() {
        const { context } = await inLoop.run('SessionStart', { source: 'compact' }, { matched: 'compact' })
        for (const text of context) recorder.record('harness.message', { text, reason: 'hook' })
      },
    },
    async opened(prompt, signal) {
      const context: string[] = []
      heldUp = 0
      if (deps.nested) return { refusal: null, context: [] }
      if (!begun) {
        begun = true
        const { source } = deps
        context.push(...(await inLoop.run('SessionStart', { source }, { matched: source, signal })).context)
      }
      const verdict = await inLoop.run('UserPromptSubmit', { prompt }, { signal })
      const refused = verdict.outcome === 'blocked' || verdict.outcome === 'stopped'
      return {
        refusal: refused ? `A hook refused the message: ${verdict.reason || 'it gave no reason'}` : null,
        context: [...context, ...verdict.context],
      }
    },
    async beforeEnd({ summary }, signal) {
      const fields = { stop_hook_active: heldUp > 0, last_assistant_message: summary }
      const { outcome, reason } = await inLoop.run(deps.nested ? 'SubagentStop' : 'Stop', fields, { signal })
      if (outcome !== 'blocked' || heldUp >= MOST_HELD_UP) return null
      heldUp += 1
      return reason || 'A hook says that the work is not over.'
    },
    notifying: (approvals) => ({
      ...approvals,
      ask(question, signal) {
        const message = `cairn needs an approval: ${question.decision.reason}`
        const fields = { message, notification_type: 'permission_prompt' }
        const run = beside.run('Notification', fields, {
          matched: 'permission_prompt',
          signal: ending.signal,
        })
        told.add(run)
        void run.finally(() => told.delete(run))
        return approvals.ask(question, signal)
      },
    }),
    async close() {
      ending.abort()
      await Promise.allSettled(told)
      if (!begun) return
      const signal = AbortSignal.timeout(END_MS)
      await inLoop.run('SessionEnd', { reason: 'other' }, { matched: 'other', signal })
    },
  }
}
