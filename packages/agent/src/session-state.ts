import type { CheckResult, EndStatus, Event, Json, Usage } from '@cairn/journal'
import { emptyLabels, reduceLabels, type LabelState } from './session-labels.ts'

/** Commands that are remembered as evidence. */
const MAX_RAN = 500

/** What the loop needs to know of a session, folded from its events: a resumed session folds to the same state. */
export interface SessionState {
  /** What the session has read; it decides on what may leave the workspace. */
  labels: LabelState
  title: string
  /** Blob of the newest recorded context configuration. */
  configSha256: string | null
  /** Hash of the scope of a session in security mode; null in every other. */
  scopeSha256: string | null
  /** Milliseconds since the epoch. */
  startedAt: number
  turn: number
  step: number
  steps: number
  usage: Usage
  costUsd: number | null
  /** Ids of all calls ever made, so that none is used twice. */
  callIds: Set<string>
  /** Calls of the newest answer that have no result yet, in order. `intended`: it may have had an effect. */
  openCalls: Map<string, { tool: string; intended: boolean; command?: string }>
  /** Commands of processes that were left running, by the handle of the process. */
  processes: Map<string, string>
  check: string | null
  latestCheck: { result: CheckResult; seq: number } | null
  /** Results of the check on one and the same tree, the newest last: both kinds of them mean that it is flaky. */
  verdicts: { tree: string; results: boolean[] }
  /** Newest run of each command, and the newest change of a file by a tool, by seq: what claims are held against. */
  ran: Map<string, { ok: boolean; seq: number }>
  changedAt: number
  /** Files were written by tools that tell which. */
  changed: boolean
  /** The tree before the first command of this turn; null where none ran, or where nobody needs to know. */
  treeBefore: string | null
  ended: EndStatus | null
  /** The transcript ends with something that a model answers to; providers refuse one that ends with an answer. */
  awaitsModel: boolean
}

export function emptySessionState(): SessionState {
  return {
    labels: emptyLabels(),
    title: '',
    configSha256: null,
    scopeSha256: null,
    startedAt: 0,
    turn: 0,
    step: 0,
    steps: 0,
    usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    costUsd: null,
    callIds: new Set(),
    openCalls: new Map(),
    processes: new Map(),
    check: null,
    latestCheck: null,
    verdicts: { tree: '', results: [] },
    ran: new Map(),
    changedAt: 0,
    changed: false,
    treeBefore: null,
    ended: null,
    awaitsModel: false,
  }
}

function addUsage(state: SessionState, usage: Usage | undefined, costUsd: number | null | undefined): void {
  if (usage !== undefined)
    for (const key of Object.keys(state.usage) as (keyof Usage)[]) state.usage[key] += usage[key]
  if (costUsd !== undefined && costUsd !== null) state.costUsd = (state.costUsd ?? 0) + costUsd
}

function commandOf(args: Json): string | null {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return null
  return typeof args['command'] === 'string' ? args['command'] : null
}

function noteCommand(state: SessionState, { seq, body }: Event<'tool.done'>): void {
  const command = state.openCalls.get(body.call)?.command
  if (command === undefined) return
  // The newest last, so that the map can be bounded by dropping the oldest.
  state.ran.delete(command)
  state.ran.set(command, { ok: body.ok && (body.exit ?? 0) === 0, seq })
  const [oldest] = state.ran.keys()
  if (state.ran.size > MAX_RAN && oldest !== undefined) state.ran.delete(oldest)
}

/** Takes one event in place. */
export function reduceSession(state: SessionState, event: Event): void {
  reduceLabels(state.labels, event)
  state.turn = event.turn
  state.step = event.step
  switch (event.kind) {
    case 'session.started':
      state.check = event.body.check
      state.title = event.body.title
      state.startedAt = event.time
      break
    case 'session.renamed':
      state.title = event.body.title
      break
    case 'session.environment': {
      const config = event.body.facts['config']
      if (
        typeof config === 'object' &&
        config !== null &&
        !Array.isArray(config) &&
        typeof config['sha256'] === 'string'
      )
        state.configSha256 = config['sha256']
      const scope = event.body.facts['scope']
      if (
        typeof scope === 'object' &&
        scope !== null &&
        !Array.isArray(scope) &&
        typeof scope['sha256'] === 'string'
      )
        state.scopeSha256 = scope['sha256']
      break
    }
    case 'user.message':
      state.ended = null
      state.awaitsModel = true
      state.treeBefore = null
      break
    case 'harness.message':
      state.awaitsModel = true
      break
    case 'model.answered':
      state.awaitsModel = false
      state.steps += 1
      addUsage(state, event.body.usage, event.body.costUsd)
      for (const part of event.body.parts) {
        if (part.type !== 'call') continue
        state.callIds.add(part.id)
        state.openCalls.set(part.id, { tool: part.tool, intended: false })
      }
      break
    case 'narrative.received':
    case 'narrative.dropped':
    case 'compaction.received':
    case 'compaction.dropped':
      addUsage(state, event.body.usage, event.body.costUsd)
      break
    case 'subagent.started': {
      const open = state.openCalls.get(event.body.call)
      if (open !== undefined) open.intended = true
      break
    }
    case 'subagent.finished':
      state.steps += event.body.steps
      addUsage(state, event.body.usage, event.body.costUsd)
      break
    case 'tool.intended': {
      const open = state.openCalls.get(event.body.call)
      if (open !== undefined) {
        open.intended = true
        const command = commandOf(event.body.args)
        if (command !== null) open.command = command
      }
      state.treeBefore ??= event.body.tree ?? null
      break
    }
    case 'tool.done':
      state.awaitsModel = true
      noteCommand(state, event)
      state.openCalls.delete(event.body.call)
      if (event.body.files?.some((file) => file.op !== 'seen') === true) {
        state.changed = true
        state.changedAt = event.seq
      }
      break
    case 'process.started':
      state.processes.set(event.body.id, event.body.command)
      break
    case 'process.ended':
      state.processes.delete(event.body.id)
      break
    case 'check.finished':
      state.latestCheck = { result: event.body, seq: event.seq }
      if (state.verdicts.tree !== event.body.treeAfter)
        state.verdicts = { tree: event.body.treeAfter, results: [] }
      state.verdicts.results.push(event.body.ok)
      // What the check itself leaves behind (reports, snapshots) is no change of the model's.
      if (state.treeBefore === event.body.tree) state.treeBefore = event.body.treeAfter
      break
    case 'session.finished':
      state.ended = event.body.status
      break
    default:
      break
  }
}
