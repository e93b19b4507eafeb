import type { Budget, Delta, Effort, Session, TurnEnd } from '@cairn/agent'
import type { UserInput } from '@cairn/agent/image'
import type { Approver, SecurityScope } from '@cairn/guard'
import type { EndStatus, Event } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { DriveError } from './errors.ts'
import type { ChosenModel } from './resolve-model.ts'
import { oldPlace, type SessionPlace } from './session-place.ts'
import { openSessions } from './sessions.ts'

/** What a session is opened with, whoever drives it. */
export interface DriverSetup {
  env: NodeJS.ProcessEnv
  home: string
  /** Real path of the workspace; see `workspaceFolder`. */
  cwd: string
  /** Command that has to be green; null: found in the project. */
  check: string | null
  /** Where it works besides `cwd`: its worktree, and what commands may read. */
  place?: SessionPlace
  /** Id of the first new session. Default: made up. */
  firstId?: string
  budget: Budget
  /** Null outside of security mode. */
  scope: SecurityScope | null
  model: ChosenModel
  /** Of cairn, as it is journaled. */
  version: string
  /** The table `mcp` of the person's configuration. */
  mcp: unknown
  /** Reads TOML, for MCP servers that Codex was given. Default: those are not used. */
  parseToml?: (text: string) => unknown
  /** Whether the model may start sub-agents. */
  subAgents: boolean
  /** Who answers where the policy asks. Nobody: what would need an approval is refused. */
  approvers: readonly Approver[]
  /** How long a question waits, in seconds. Default 900. */
  approvalSeconds?: number
  /** The session that is gone on with. Default: a new one. */
  sessionId?: string | null
  effort?: Effort | null
  onEvent(event: Event): void
  onDelta(delta: Delta): void
  /** What could not be used, said once when the session is opened. */
  onProblem?(text: string): void
}

/**
 * One session as all surfaces drive it: begun with the first message, closed and opened again from its journal where
 * something else is wanted. One turn runs at a time.
 */
export interface SessionDriver {
  readonly id: string | null
  /** Null until it is opened. */
  readonly session: Session | null
  readonly model: string
  readonly info: ChosenModel['model']['info']
  readonly effort: Effort | null
  readonly running: boolean
  /** Runs one turn. Without a message it goes on with what was interrupted. Throws `DriveError` `busy` while one runs. */
  run(said: UserInput | null): Promise<TurnEnd>
  /** Ends the running turn at once; the session stays open. */
  interrupt(): void
  setEffort(effort: Effort | null): void
  /** Goes on with another model. Processes of the session end. */
  switchModel(model: ChosenModel): Promise<void>
  /** Goes over to another session, or with null to one that is not begun yet. Gives its events. */
  switchTo(id: string | null): Promise<Event[]>
  /** Opens the session that is meant, where it is not open yet. */
  open(title: string): Promise<Session>
  /** Lets another command have the journal meanwhile. */
  release(): Promise<void>
  rename(title: string): void
  /** Ends the running turn, waits for its end, and closes the journal. */
  close(): Promise<void>
}

/** Nothing is opened or written before the first call that needs it. */
export function createSessionDriver(setup: DriverSetup): SessionDriver {
  const { env, cwd } = setup
  const sessions = openSessions(env)
  let chosen = setup.model
  let effort = setup.effort ?? null
  let id = setup.sessionId ?? null
  let { firstId } = setup
  let session: Session | null = null
  let opening: Promise<Session> | null = null
  let turn: { abort: AbortController; over: Promise<unknown> } | null = null

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
  const compose = async (title: string): Promise<Session> => {
    const { composeSession, findCheck, loadServers, repositoryRoot } = await import('@cairn/agent')
    const { loadOrCreateKey, newSessionId, sessionPath } = await import('@cairn/journal')
    const { openTrust, trustFile } = await import('@cairn/guard')
    const root = repositoryRoot(cwd)
    const repository = realpathSync(root)
    const known = id === null ? undefined : { sessionId: id, journal: sessionPath(sessions.dataDir, id) }
    const place =
      setup.place ??
      (known === undefined ? undefined : await oldPlace({ ...known, cwd, dataDir: sessions.dataDir, env }))
    const mcp = loadServers({
      own: setup.mcp,
      repository,
      trust: openTrust(trustFile(sessions.dataDir), repository),
      env,
      home: { path: setup.home, dataDir: sessions.dataDir },
      ...(setup.parseToml === undefined ? {} : { parseToml: setup.parseToml }),
    })
    id ??= firstId ?? newSessionId(Date.now(), randomBytes)
    firstId = undefined
    const opened = await composeSession({
      mcp,
      subAgents: setup.subAgents,
      sessionId: id,
      journal: sessionPath(sessions.dataDir, id),
      key: loadOrCreateKey(sessions.dataDir),
      approvers: setup.approvers,
      ...(setup.approvalSeconds === undefined ? {} : { approvalSeconds: setup.approvalSeconds }),
      cwd,
      ...(place?.worktree == null ? {} : { worktree: place.worktree }),
      readable: place?.readable ?? [],
      repositoryRoot: root,
      model: chosen.model,
      window: chosen.window,
      providerCompaction: chosen.providerCompaction,
      check: findCheck(cwd, setup.check),
      title,
      version: setup.version,
      ...(setup.scope === null ? {} : { scope: setup.scope }),
      env,
      dataDir: sessions.dataDir,
      home: setup.home,
      now: Date.now,
      listener: setup.onEvent,
      onDelta: setup.onDelta,
      effort,
    })
    for (const problem of mcp.problems) setup.onProblem?.(problem)
    return opened
  }
  const open = async (title: string): Promise<Session> => {
    if (session !== null) return session
    opening ??= compose(title)
    try {
      session = await opening
      return session
    } finally {
      opening = null
    }
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
      return turn !== null
    },
    async run(said) {
      if (turn !== null)
        throw new DriveError('busy', 'a turn is under way in this session', 'Steer it, or wait for its end.')
      const abort = new AbortController()
      const running = (async () => {
        const open_ = await open(said?.text ?? 'resumed')
        await list(open_, 'open')
        const end = await open_.run(said, setup.budget, abort.signal)
        await list(open_, end.status)
        return end
      })()
      turn = { abort, over: running.catch(() => undefined) }
      try {
        return await running
      } finally {
        turn = null
      }
    },
    interrupt: () => turn?.abort.abort(),
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
      turn?.abort.abort()
      await turn?.over
      await opening?.catch(() => undefined)
      await release()
    },
  }
}
