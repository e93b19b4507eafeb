import type { Event, EventBodies, EventKind, Usage } from '@cairn/journal'
import { describeCall } from '../../output/describe-call.ts'
import { duration } from '../../output/format.ts'
import type { Tone } from './block.ts'
import { diffOfCall } from '@cairn/server'
import { commitSpeech } from './reduce-delta.ts'
import { totalsText } from './totals-text.ts'
import type { TuiState } from './tui-state.ts'

/** Wide enough for any terminal; what is shown is cut when it is rendered. */
const SUBJECT_COLUMNS = 240
/** Tools whose effect has an own line, or is of no interest. */
export const QUIET = new Set(['finish', 'plan', 'note'])
const GOOD = new Set(['done', 'answered'])

type Fold<K extends EventKind> = (state: TuiState, body: EventBodies[K], event: Event<K>) => void

const notice = (state: TuiState, tone: Tone, mark: string, text: string) =>
  state.blocks.push({ kind: 'notice', tone, mark, text })

function addUsage(state: TuiState, usage: Usage | undefined, costUsd: number | null | undefined): void {
  if (usage !== undefined)
    for (const key of Object.keys(state.usage) as (keyof Usage)[]) state.usage[key] += usage[key]
  if (costUsd !== undefined && costUsd !== null) state.costUsd = (state.costUsd ?? 0) + costUsd
}

const answered: Fold<'model.answered'> = (state, body, event) => {
  addUsage(state, body.usage, body.costUsd)
  state.steps += 1
  state.doing = ''
  const text = body.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
  // What streamed by is on the screen already; a replayed answer comes in one piece.
  const shown = state.speech.text.slice(0, state.speech.shown)
  if (text.startsWith(shown)) state.speech.text = text
  commitSpeech(state, true)
  state.speech = { text: '', shown: 0 }
  if (text.trim() !== '') state.said = text.trim()
  state.open = body.parts.flatMap((part) => {
    if (part.type !== 'call') return []
    const { id, tool, args } = part
    const subject = describeCall(args, SUBJECT_COLUMNS)
    return [{ id, tool, args, subject, diff: diffOfCall(args), startedAt: event.time, done: null }]
  })
}

const toolDone: Fold<'tool.done'> = (state, body) => {
  const call = state.open.find((each) => each.id === body.call)
  if (call === undefined) return
  state.open = state.open.filter((each) => each !== call)
  const done = {
    ok: body.ok,
    exit: body.exit ?? null,
    ms: body.ms,
    output: body.output,
    lost: body.lost ?? null,
  }
  const finished = { ...call, done }
  if (body.tool === 'finish') return
  state.calls.push(finished)
  if (!(QUIET.has(body.tool) && body.ok)) state.blocks.push({ kind: 'call', call: finished })
}

const finished: Fold<'session.finished'> = (state, body, event) => {
  commitSpeech(state, true)
  state.speech = { text: '', shown: 0 }
  if (body.status !== 'cancelled' && body.summary.trim() !== state.said)
    state.blocks.push({ kind: 'said', text: body.summary, begins: true })
  state.blocks.push({
    kind: 'end',
    good: GOOD.has(body.status),
    status: body.status === 'answered' ? 'answered (unverified)' : body.status,
    openItems: body.openItems,
    totals: totalsText(state, event.time - state.turnStartedAt),
  })
  state.open = []
  state.said = ''
  state.doing = ''
  state.working = false
}

const FOLDS: { [K in EventKind]?: Fold<K> } = {
  'session.started': (state, body) => {
    state.title = body.title
    state.counts = body.model.provider !== 'embedded'
  },
  'session.renamed': (state, body) => {
    state.title = body.title
  },
  'session.environment': (state, body) => {
    const server = body.facts['mcpServer']
    if (typeof server === 'object' && server !== null && !Array.isArray(server))
      notice(state, 'warn', '!', String(server['problem']))
    const sandbox = body.facts['sandbox']
    if (typeof sandbox !== 'object' || sandbox === null || Array.isArray(sandbox)) return
    if (sandbox['level'] !== 'full')
      notice(
        state,
        'warn',
        '!',
        `sandbox: ${String(sandbox['backend'])} (${String(sandbox['level'])}); see /doctor`,
      )
  },
  'instructions.loaded': (state, body) =>
    notice(state, 'dim', ' ', `instructions: ${body.files.map((file) => file.path).join(', ')}`),
  'conventions.loaded': (state, body) => {
    for (const { kind, name, path, why } of body.leftOut)
      notice(state, 'warn', '!', `left out: ${kind} ${name} (${path}): ${why}`)
  },
  'hook.ran': (state, { outcome, command, reason, message }) => {
    if (message !== undefined) notice(state, 'warn', '!', message)
    if (outcome === 'failed') notice(state, 'warn', '!', `the hook ${command} failed: ${reason ?? ''}`)
  },
  'session.resumed': (state, body) =>
    notice(state, 'warn', '!', `resumed; calls that had been interrupted: ${body.interrupted.length}`),
  'user.message': (state, body, event) => {
    commitSpeech(state, true)
    state.speech = { text: '', shown: 0 }
    state.blocks.push({ kind: 'user', text: body.text })
    const at = state.queue.findIndex((each) => each.text === body.text)
    if (at !== -1) state.queue.splice(at, 1)
    if (event.turn !== state.turn) state.turnStartedAt = event.time
    state.turn = event.turn
    state.working = true
  },
  'harness.message': (state, body) => {
    // What the gate says is told by its decision.
    if (body.reason !== 'gate') notice(state, 'warn', '!', body.text)
  },
  'model.requested': (state) => {
    state.doing = 'waiting for the model'
  },
  'model.retried': (state, body) =>
    notice(
      state,
      'warn',
      '↻',
      `${body.message}; trying again${body.waitMs > 0 ? ` in ${duration(body.waitMs)}` : ''}`,
    ),
  'model.failed': (state, body) => notice(state, 'bad', '✗', body.message),
  'model.answered': answered,
  'tool.intended': (state, body) => {
    state.doing = `running ${body.tool}`
  },
  'tool.done': toolDone,
  'check.finished': (state, body) => {
    const counts =
      body.passed === null
        ? `exit ${body.exit ?? 'none'}`
        : `${body.passed} passed, ${body.failed ?? 0} failed`
    notice(
      state,
      body.ok ? 'good' : 'warn',
      body.ok ? '✓' : '✗',
      `check ${body.ok ? 'green' : 'red'}: ${body.command}: ${counts}`,
    )
  },
  'plan.updated': (state, body) => {
    state.plan = body.items
    state.blocks.push({ kind: 'plan', items: body.items })
  },
  'epoch.started': (state, body) => {
    state.epochs.push({ epoch: body.epoch, cause: body.cause })
    notice(
      state,
      'dim',
      '≡',
      `context rewritten, epoch ${body.epoch} (${body.cause}); /dropped shows what left it`,
    )
  },
  'narrative.received': (state, body) => addUsage(state, body.usage, body.costUsd),
  'narrative.dropped': (state, body) => addUsage(state, body.usage, body.costUsd),
  'compaction.received': (state, body) => addUsage(state, body.usage, body.costUsd),
  'compaction.dropped': (state, body) => addUsage(state, body.usage, body.costUsd),
  'approval.requested': (state) => {
    state.doing = 'waiting for you'
  },
  'session.rewound': (state, body) =>
    notice(state, 'warn', '!', `${body.reason}: the session goes on from event ${body.to}`),
  'approval.granted': (state, body) =>
    notice(state, 'good', '✓', `allowed by ${body.by}${body.scope === 'session' ? ' for the session' : ''}`),
  'approval.denied': (state, body) =>
    notice(state, 'warn', '✗', `denied by ${body.by}${body.reason === 'denied' ? '' : `: ${body.reason}`}`),
  'approval.expired': (state, body) => notice(state, 'warn', '✗', `not allowed: ${body.reason}`),
  'gate.decided': (state, body) => {
    if (!body.accepted) notice(state, 'warn', '!', `not accepted as finished: ${body.reasons.join('; ')}`)
  },
  'process.ended': (state, body) =>
    notice(state, 'dim', ' ', `process ${body.id} ended, exit ${body.exit ?? body.signal ?? 'unknown'}`),
  'session.finished': finished,
}

/** Takes one committed event in place. */
export function reduceEvent(state: TuiState, event: Event): void {
  // One fold a kind; the table cannot say that the event it is given has that kind.
  const fold = FOLDS[event.kind] as ((state: TuiState, body: Event['body'], event: Event) => void) | undefined
  fold?.(state, event.body, event)
}
