import type { Budget, TurnEnd } from '@cairn/agent'
import type { Approver } from '@cairn/guard'
import type { Event } from '@cairn/journal'
import { DriveError } from '../drive/errors.ts'
import type { ChosenModel } from '../drive/resolve-model.ts'
import { createSessionDriver } from '../drive/session-driver.ts'
import { callSubject } from '../view/call-subject.ts'

/** What all sessions of a server have in common. */
export interface HostSetup {
  env: NodeJS.ProcessEnv
  home: string
  version: string
  budget: Budget
  subAgents: boolean
  /** Reads settings of other agents that name MCP servers. */
  parseToml: (text: string) => unknown
  /** The table `mcp` of the person's configuration. */
  mcp: unknown
  model(): Promise<ChosenModel>
  /** Persons who are asked where the policy asks; never the caller. */
  approvers: readonly Approver[]
}

/** How far a session is, for the agent that asked for it. */
export interface HostedState {
  session: string
  status: TurnEnd['status'] | 'running' | 'idle'
  /** What it is doing, or how it ended. */
  summary: string
  open_items: string[]
  /** Checks that ran in this turn. */
  checks: { command: string; ok: boolean }[]
  /** Paths that the turn wrote or deleted. */
  files: string[]
  /** An action that waits for a person, and how they answer. */
  waiting_for_person: string | null
  cost_usd: number | null
}

export interface HostedSession {
  state(): HostedState
  /** Begins a turn. Throws `DriveError` `busy` while one runs. */
  begin(task: string): void
  steer(text: string): void
  cancel(): void
  /** Resolves at the end of the turn, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const SUBJECT = 160

export function hostSession(
  setup: HostSetup,
  session: { id: string; cwd: string; model: ChosenModel; resumes: boolean; changed(id: string): void },
): HostedSession {
  const { id, cwd } = session
  let end: TurnEnd | null = null
  let doing = ''
  let waiting: string | null = null
  let turn: Promise<void> | null = null
  let checks: HostedState['checks'] = []
  let files = new Set<string>()

  const say = (text: string) => {
    doing = text
    session.changed(id)
  }
  const onEvent = (event: Event) => {
    if (event.kind === 'model.requested') say('waiting for the model')
    else if (event.kind === 'model.answered') {
      const call = event.body.parts.find((part) => part.type === 'call')
      const subject = call === undefined ? '' : callSubject(call.args).replace(/\s+/gu, ' ')
      say(call === undefined ? 'thinking' : `${call.tool} ${subject.slice(0, SUBJECT)}`.trim())
    } else if (event.kind === 'check.finished')
      checks.push({ command: event.body.command, ok: event.body.ok })
    else if (event.kind === 'tool.done') {
      for (const file of event.body.files ?? []) if (file.op !== 'seen') files.add(file.path)
    } else if (event.kind === 'approval.requested') {
      waiting = `A person has to allow this: cairn approve ${event.body.id}`
      session.changed(id)
    } else if (event.kind.startsWith('approval.')) waiting = null
  }
  const driver = createSessionDriver({
    env: setup.env,
    home: setup.home,
    cwd,
    check: null,
    budget: setup.budget,
    scope: null,
    model: session.model,
    version: setup.version,
    mcp: setup.mcp,
    parseToml: setup.parseToml,
    subAgents: setup.subAgents,
    approvers: setup.approvers,
    ...(session.resumes ? { sessionId: id } : { firstId: id }),
    onEvent,
    onDelta: () => undefined,
  })
  return {
    state() {
      const running = turn !== null
      return {
        session: id,
        status: running ? 'running' : (end?.status ?? 'idle'),
        summary: running ? doing : (end?.summary ?? ''),
        open_items: running ? [] : (end?.openItems ?? []),
        checks: [...checks],
        files: [...files].toSorted(),
        waiting_for_person: waiting,
        cost_usd: driver.session?.state.costUsd ?? null,
      }
    },
    begin(task) {
      if (turn !== null)
        throw new DriveError('busy', `a turn is under way in ${id}`, 'Use steer, wait for it, or cancel it.')
      ;[end, checks, files, waiting] = [null, [], new Set(), null]
      doing = 'starting'
      turn = driver
        // Another agent speaks: what it says does not have the authority of the person.
        .run({ text: task, images: [], by: 'agent' })
        .catch((error: unknown): TurnEnd => {
          const summary = error instanceof Error ? error.message : String(error)
          return { status: 'failed', summary, openItems: [], evidence: [] }
        })
        .then((ended) => {
          end = ended
          turn = null
          waiting = null
        })
    },
    steer(text) {
      if (turn === null || driver.session === null)
        throw new DriveError('busy', `no turn is under way in ${id}`, 'Use run with this session instead.')
      driver.session.steer({ text, images: [], by: 'agent' })
    },
    cancel: () => driver.interrupt(),
    async wait(ms, signal) {
      if (turn === null || signal.aborted) return
      const running = turn
      await new Promise<void>((resolve) => {
        const over = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', over)
          resolve()
        }
        const timer = setTimeout(over, ms)
        signal.addEventListener('abort', over, { once: true })
        void running.then(over)
      })
    },
    close: () => driver.close(),
  }
}
