import { adoptReport, inheritLedger, type ContextEngine } from '@cairn/context'
import { newSessionId, sessionPath, type FileEffect } from '@cairn/journal'
import type { Checkpoint, Checkpoints, Workspace } from '@cairn/workspace'
import { randomBytes } from 'node:crypto'
import { NO_BUDGET, type Budget, type Spent } from '../budget.ts'
import type { Checkpointer } from '../checkpointer.ts'
import type { McpTools } from '../mcp/open-mcp.ts'
import type { Recorder } from '../recorder.ts'
import type { SessionState } from '../session-state.ts'
import type { Session, SessionOptions } from '../session.ts'
import type { Conventions } from '../skills/convention.ts'
import type { Tool, ToolCall, ToolOutcome } from '../tool.ts'
import type { TurnEnd } from '../turn-end.ts'
import { agentTypes, type AgentType } from './agent-type.ts'
import { createChildRecord, reportOf, seenText } from './child-report.ts'
import { nestedCheckpointer } from './nested-session.ts'
import { remainingBudget } from './remaining-budget.ts'
import { taskTool, type TaskRequest } from './task-tool.ts'

/** Sub-agents below a session: one may have one of its own, and that one none. */
const MAX_DEPTH = 2
/** What one sub-agent may spend at most, whatever its parent has left. */
const OWN_LIMITS: Budget = { ...NO_BUDGET, steps: 60, seconds: 1_800 }
/** Files whose hashes are kept in the result; of more the first ones. */
const MOST_FILES = 500

const FINE: ReadonlySet<TurnEnd['status']> = new Set(['done', 'answered', 'done-with-open-items'])

/** What exists only once the session does. */
interface Parent {
  context: ContextEngine
  recorder: Recorder
  state: SessionState
  checkpoints: Checkpoints
  checkpointer: Checkpointer
}

export interface SubAgents {
  /** The `task` tool, or nothing where no sub-agent may be started. */
  readonly tools: readonly Tool[]
  /** What the turn that begins may spend. */
  turnStarts(budget: Budget): void
}

/**
 * The sub-agents of a session. Each is a whole session of its own, with a journal of its own, the same guard, approvers
 * and limits; what it spent is added to the parent's when it ends.
 */
export function createSubAgents(deps: {
  options: SessionOptions
  compose: (options: SessionOptions) => Promise<Session>
  conventions: Conventions
  again: () => Conventions
  workspace: Pick<Workspace, 'read'>
  mcp: Pick<McpTools, 'tools' | 'find' | 'problems' | 'eachSecret'> | null
  parent: () => Parent
}): SubAgents {
  const { options } = deps
  const depth = options.nested?.depth ?? 0
  const offered =
    options.subAgents === true && options.model.info.provider !== 'embedded' && depth < MAX_DEPTH
  let budget: Budget = NO_BUDGET
  let first: Spent = { steps: 0, tokens: 0, usd: 0, startedAt: 0 }

  const spentBy = ({ steps, usage, costUsd }: SessionState): Omit<Spent, 'startedAt'> => ({
    steps,
    tokens: usage.input + usage.output,
    usd: costUsd,
  })
  const allowance = (state: SessionState): Budget => {
    const all = spentBy(state)
    const spent = {
      steps: all.steps - first.steps,
      tokens: all.tokens - first.tokens,
      usd: (all.usd ?? 0) - (first.usd ?? 0),
      startedAt: first.startedAt,
    }
    return remainingBudget(budget, spent, OWN_LIMITS, options.now())
  }

  async function changedSince(checkpoints: Checkpoints, from: Checkpoint | null): Promise<FileEffect[]> {
    if (from === null) return []
    const changes = await checkpoints.changes(from, await checkpoints.take())
    return changes.slice(0, MOST_FILES).map(({ path, op }): FileEffect => {
      if (op === 'deleted') return { path, op: 'deleted', after: null }
      const file = deps.workspace.read(path)
      const before = op === 'added' ? { before: null } : {}
      return { path, op: 'wrote', ...before, after: file.ok ? file.value.sha256 : null }
    })
  }

  async function start(type: AgentType, request: TaskRequest, call: ToolCall): Promise<ToolOutcome> {
    const { context, recorder, state, checkpoints, checkpointer } = deps.parent()
    const session = newSessionId(options.now(), randomBytes)
    const { seq } = recorder.record('subagent.started', {
      call: call.id,
      agent: type.name,
      session,
      description: request.description,
    })
    const ledger = context.ledger()
    const record = createChildRecord()
    let from: Checkpoint | null = null
    let fromTaken: Promise<void> | null = null
    const onEffect = () =>
      (fromTaken ??= checkpoints.take().then((taken) => {
        from = taken
      }))
    const mayWrite = !type.readOnly
    const child = await deps.compose({
      ...options,
      sessionId: session,
      journal: sessionPath(options.dataDir, session),
      title: `${type.name}: ${request.description}`,
      // What a sub-agent neither changes nor claims needs no proof from it, whatever its parent owes.
      check: mayWrite && options.check !== null ? { ...options.check, origin: 'discovered' } : null,
      subAgents: mayWrite,
      nested: {
        inherited: {
          session: options.sessionId,
          seq,
          entries: inheritLedger(ledger, { paths: request.paths ?? [] }),
        },
        labels: state.labels,
        agent: type.name,
        depth: depth + 1,
        prompt: type.prompt,
        // At most what its parent has: a type with few tools cannot get at more by starting another one.
        allows: (tool) => type.allows(tool) && (options.nested?.allows(tool) ?? true),
        checkpoints,
        checkpointer: nestedCheckpointer(checkpointer, onEffect),
        mcp: deps.mcp,
      },
      listener: record.see,
      onDelta: () => undefined,
    })
    let end: TurnEnd
    try {
      end = await child.run(request.task, allowance(state), call.signal)
    } finally {
      await child.close()
    }
    const files = await changedSince(checkpoints, from)
    const report = reportOf(session, record, end, files)
    const { notes } = adoptReport(report, { session, seq }, ledger)
    const { status } = end
    const { steps, usage, costUsd, labels } = child.state
    return {
      ok: FINE.has(status),
      output: end.summary,
      header: seenText(report, { agent: type.name, status, steps, checks: record.checks, files }),
      ...(files.length === 0 ? {} : { files }),
      events: [
        {
          kind: 'subagent.finished',
          body: {
            call: call.id,
            session,
            status,
            steps,
            usage: { ...usage },
            costUsd,
            ...(labels.private === null ? {} : { private: labels.private.what }),
          },
        },
        ...notes.map((body) => ({ kind: 'note.written' as const, body })),
      ],
    }
  }

  const tools = offered
    ? [taskTool(agentTypes(deps.conventions.active), () => agentTypes(deps.again().active), start)]
    : []
  return {
    tools,
    turnStarts(given) {
      budget = given
      first = { ...spentBy(deps.parent().state), startedAt: options.now() }
    },
  }
}
