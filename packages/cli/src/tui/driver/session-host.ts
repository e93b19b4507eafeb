import type { Budget, Delta, Effort, Session, TurnEnd } from '@cairn/agent'
import type { UserInput } from '@cairn/agent/image'
import { openTrust, trustFile, type Approver, type SecurityScope } from '@cairn/guard'
import type { EndStatus, Event } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import type { ChosenModel } from '../../choose-model.ts'
import { openSessions } from '../../session-files.ts'
import { VERSION } from '../../version.ts'

export interface HostDeps {
  env: NodeJS.ProcessEnv
  home: string
  cwd: string
  check: string | null
  budget: Budget
  /** Null outside of security mode. */
  scope: SecurityScope | null
  model: ChosenModel
  /** The table `mcp` of the person's configuration. */
  mcp: unknown
  /** Whether the model may start sub-agents. */
  subAgents: boolean
  onEvent(event: Event): void
  onDelta(delta: Delta): void
  /** What was found of MCP servers that a person should know. */
  onProblems(problems: readonly string[]): void
  /** Who answers where the policy asks. */
  approver: Approver
}

/** The session of the UI: begun with the first message, closed and opened again where something else is wanted. */
export interface SessionHost {
  readonly id: string | null
  /** Null until the first message. */
  readonly session: Session | null
  readonly model: string
  readonly info: ChosenModel['model']['info']
  readonly effort: Effort | null
  readonly running: boolean
  /** Runs one turn. Without text it goes on with what was interrupted. */
  run(said: UserInput | null): Promise<TurnEnd>
  /** Ends the running turn at once; the session stays open. */
  interrupt(): void
  setEffort(effort: Effort | null): void
  /** Goes on with another model. Processes of the session end. */
  switchModel(model: ChosenModel): Promise<void>
  /** Goes over to another session, or with null to one that is not begun yet. Gives its events. */
  switchTo(id: string | null): Promise<Event[]>
  /** Opens the session that is meant, where none is open yet. */
  open(title: string): Promise<Session>
  /** Lets another command have the journal meanwhile. */
  release(): Promise<void>
  rename(title: string): void
  close(): Promise<void>
}

export function createSessionHost(deps: HostDeps): SessionHost {
  const { env, cwd } = deps
  const sessions = openSessions(env)
  let chosen = deps.model
  let effort: Effort | null = null
  let id: string | null = null
  let session: Session | null = null
  let abort: AbortController | null = null

  const release = async () => {
    const open = session
    session = null
    await open?.close()
  }
  const list = async (open: Session, status: EndStatus | 'open', name: string | null = null) => {
    const { recordSession } = await import('@cairn/journal')
    const { provider, id: model } = chosen.model.info
    const { title, costUsd, startedAt } = open.state
    recordSession(sessions.dataDir, {
      id: open.id,
      cwd,
      title,
      startedAt,
      updatedAt: Date.now(),
      status,
      model: `${provider}/${model}`,
      costUsd,
      name,
    })
  }
  const open = async (title: string): Promise<Session> => {
    if (session !== null) return session
    const { composeSession, findCheck, loadServers, repositoryRoot } = await import('@cairn/agent')
    const { loadOrCreateKey, newSessionId, sessionPath } = await import('@cairn/journal')
    id ??= newSessionId(Date.now(), randomBytes)
    const repository = realpathSync(repositoryRoot(cwd))
    const mcp = loadServers({
      own: deps.mcp,
      repository,
      trust: openTrust(trustFile(sessions.dataDir), repository),
      env,
    })
    session = await composeSession({
      mcp,
      subAgents: deps.subAgents,
      sessionId: id,
      journal: sessionPath(sessions.dataDir, id),
      key: loadOrCreateKey(sessions.dataDir),
      cwd,
      repositoryRoot: repositoryRoot(cwd),
      model: chosen.model,
      window: chosen.window,
      providerCompaction: chosen.providerCompaction,
      check: findCheck(cwd, deps.check),
      title,
      version: VERSION,
      ...(deps.scope === null ? {} : { scope: deps.scope }),
      env,
      dataDir: sessions.dataDir,
      home: deps.home,
      now: Date.now,
      listener: deps.onEvent,
      onDelta: deps.onDelta,
      approvers: [deps.approver],
      effort,
    })
    if (mcp.problems.length > 0) deps.onProblems(mcp.problems)
    return session
  }
  return {
    get id() {
      return id
    },
    get session() {
      return session
    },
    get model() {
      return `${chosen.model.info.provider}/${chosen.model.info.id}`
    },
    get info() {
      return chosen.model.info
    },
    get effort() {
      return effort
    },
    get running() {
      return abort !== null
    },
    async run(said) {
      abort = new AbortController()
      const { signal } = abort
      try {
        const open_ = await open(said?.text ?? 'resumed')
        await list(open_, 'open')
        const end = await open_.run(said, deps.budget, signal)
        await list(open_, end.status)
        return end
      } finally {
        abort = null
      }
    },
    interrupt: () => abort?.abort(),
    setEffort(wanted) {
      effort = wanted
      session?.setEffort(wanted)
    },
    async switchModel(model) {
      await release()
      chosen = model
    },
    async switchTo(next) {
      await release()
      id = next
      if (next === null) return []
      const store = sessions.open(next)
      try {
        return [...store.read()]
      } finally {
        store.close()
      }
    },
    open,
    release,
    rename(title) {
      session?.rename(title)
      if (session !== null) void list(session, 'open', title)
    },
    async close() {
      abort?.abort()
      await release()
    },
  }
}
