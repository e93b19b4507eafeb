import {
  agent,
  ndJsonStream,
  PROTOCOL_VERSION,
  type AgentContext,
  type AvailableCommand,
  type McpServer,
} from '@agentclientprotocol/sdk'
import { findConventions, repositoryRoot } from '@cairn/agent'
import { newSessionId } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { DriveError } from '../drive/errors.ts'
import { forkSession } from '../drive/fork-session.ts'
import { prepareDataFolder } from '../drive/prepare-data-folder.ts'
import type { ChosenModel } from '../drive/resolve-model.ts'
import { newPlace, oldPlace } from '../drive/session-place.ts'
import { openSessions } from '../drive/sessions.ts'
import { workspaceFolder } from '../drive/workspace-folder.ts'
import { createAcpSession, type AcpSession, type AcpSetup } from './acp-session.ts'
import { CAIRN_METHODS } from './extension.ts'
import { withClientServers } from './mcp-table.ts'
import { createOutbox } from './outbox.ts'
import { requestError } from './request-error.ts'

/** A prompt may carry images; more than this is an attack or a mistake, and ends the connection. In bytes. */
const MAX_MESSAGE_BYTES = 48 * 1024 * 1024
/** Sessions that are open at once on one connection. */
const MOST_SESSIONS = 32
const COMMAND_WORDS = 120

export interface AcpServerOptions extends AcpSetup {
  input: ReadableStream<Uint8Array>
  output: WritableStream<Uint8Array>
  /** The model of new sessions. */
  model(): Promise<ChosenModel>
  /** The table `mcp` of the person's configuration. */
  mcp: unknown
  /** Ends all sessions in good order. */
  signal: AbortSignal
}

const ofSession = { sessionId: z.string().min(1) }
const PARAMS = {
  steer: z.object({ ...ofSession, text: z.string().min(1) }),
  fork: z.object({ ...ofSession, turn: z.number().int().min(1).optional() }),
  undo: z.object({
    ...ofSession,
    turns: z.number().int().min(1).default(1),
    force: z.boolean().default(false),
  }),
  redo: z.object({ ...ofSession, force: z.boolean().default(false) }),
  session: z.object(ofSession),
  rename: z.object({ ...ofSession, title: z.string().min(1) }),
  client: z.object({ cairn: z.object({ events: z.boolean().optional() }) }),
}

/** Errors of a handler with what to do about them. */
const told =
  <Context, Result>(handler: (context: Context) => Promise<Result> | Result) =>
  async (context: Context): Promise<Result> => {
    try {
      return await handler(context)
    } catch (error) {
      throw requestError(error)
    }
  }

/**
 * Serves sessions to one client of the Agent Client Protocol (version 1, newline-delimited JSON-RPC) until it closes its
 * side or `signal` aborts. Nothing but the protocol is written to `output`.
 */
export async function serveAcp(options: AcpServerOptions): Promise<void> {
  const { env } = options
  const sessions = openSessions(env)
  prepareDataFolder(sessions.dataDir)
  const open = new Map<string, AcpSession>()
  let events = false

  let client: AgentContext | null = null
  const outbox = createOutbox(async (method, params) => client?.notify(method, params))

  const need = (id: string): AcpSession => {
    const session = open.get(id)
    if (session !== undefined) return session
    throw new DriveError('no-session', `the session ${id} is not open here`, 'Create it or load it first.')
  }
  const room = () => {
    if (open.size >= MOST_SESSIONS)
      throw new DriveError('busy', `${MOST_SESSIONS} sessions are open`, 'Close one of them first.')
  }
  const add = async (
    id: string,
    place: Awaited<ReturnType<typeof newPlace>>,
    servers: readonly McpServer[],
    resumes: boolean,
  ): Promise<AcpSession> => {
    const session = createAcpSession(options, {
      id,
      place: { ...place, cwd: workspaceFolder(place.cwd) },
      model: await options.model(),
      mcp: withClientServers(options.mcp, servers),
      resumes,
      events,
      outbox,
      ask: (request, signal) => {
        if (client === null) throw new Error('no client is connected')
        return client.request('session/request_permission', request, {
          cancellationSignal: signal,
          stopWaitingOnCancel: true,
        })
      },
    })
    open.set(id, session)
    return session
  }
  /** Opens a session of the journal; one that is open already is closed first. */
  const load = async (id: string, cwd: string, servers: readonly McpServer[]): Promise<AcpSession> => {
    const known = sessions.find(id)
    if (known === null || known.id !== id)
      throw new DriveError('no-session', `there is no session ${id}`, 'List them with session/list.')
    await open.get(id)?.close()
    open.delete(id)
    room()
    const { dataDir } = sessions
    const place = await oldPlace({ cwd: known.cwd, dataDir, journal: sessions.path(id), sessionId: id, env })
    if (place.worktree === null && workspaceFolder(cwd) !== workspaceFolder(known.cwd))
      throw new DriveError('bad-folder', `the session ${id} works in ${known.cwd}`, 'Load it with that cwd.')
    return add(id, place, servers, true)
  }
  const commands = (cwd: string): AvailableCommand[] =>
    findConventions({
      repositoryRoot: repositoryRoot(cwd),
      dataDir: sessions.dataDir,
      env,
      home: options.home,
    })
      .active.filter(({ kind }) => kind === 'command')
      .map(({ name, description }) => ({
        name,
        description: description.slice(0, COMMAND_WORDS),
        input: { hint: 'what it shall be about' },
      }))
  /** Told once the answer that names the session is on its way. */
  const announce = (id: string, cwd: string) =>
    setImmediate(() => {
      const availableCommands = commands(cwd)
      if (availableCommands.length > 0)
        outbox.update(id, { sessionUpdate: 'available_commands_update', availableCommands })
    })

  const app = agent({ name: 'cairn' })
    .onRequest(
      'initialize',
      told(({ params }) => {
        const asked = PARAMS.client.safeParse(params.clientCapabilities?._meta)
        events = asked.success && asked.data.cairn.events === true
        return {
          protocolVersion: PROTOCOL_VERSION,
          agentInfo: { name: 'cairn', title: 'cairn', version: options.version },
          authMethods: [],
          agentCapabilities: {
            loadSession: true,
            promptCapabilities: { image: true, audio: false, embeddedContext: true },
            mcpCapabilities: { http: true, sse: false },
            sessionCapabilities: { list: {}, resume: {}, close: {} },
            _meta: { cairn: { methods: Object.values(CAIRN_METHODS) } },
          },
        }
      }),
    )
    .onRequest(
      'session/new',
      told(async ({ params, client: from }) => {
        client = from
        room()
        const id = newSessionId(Date.now(), randomBytes)
        const cwd = workspaceFolder(params.cwd)
        const { dataDir } = sessions
        const place = await newPlace({ cwd, dataDir, sessionId: id, env, worktree: false, carry: false })
        const session = await add(id, place, params.mcpServers, false)
        announce(id, cwd)
        return { sessionId: id, configOptions: await session.configOptions() }
      }),
    )
    .onRequest(
      'session/load',
      told(async ({ params, client: from }) => {
        client = from
        const session = await load(params.sessionId, params.cwd, params.mcpServers)
        session.replay()
        await outbox.flushed()
        announce(session.id, params.cwd)
        return { configOptions: await session.configOptions() }
      }),
    )
    .onRequest(
      'session/resume',
      told(async ({ params, client: from }) => {
        client = from
        const session = await load(params.sessionId, params.cwd, params.mcpServers ?? [])
        announce(session.id, params.cwd)
        return { configOptions: await session.configOptions() }
      }),
    )
    .onRequest(
      'session/list',
      told(({ params }) => ({
        sessions: sessions.list(params.cwd ? workspaceFolder(params.cwd) : null).map((each) => ({
          sessionId: each.id,
          cwd: each.cwd,
          title: each.name ?? each.title,
          updatedAt: new Date(each.updatedAt).toISOString(),
        })),
      })),
    )
    .onRequest(
      'session/close',
      told(async ({ params }) => {
        await need(params.sessionId).close()
        open.delete(params.sessionId)
      }),
    )
    .onRequest(
      'session/set_config_option',
      told(async ({ params }) => {
        const session = need(params.sessionId)
        await session.setConfig(params.configId, params.value)
        return { configOptions: await session.configOptions() }
      }),
    )
    .onRequest(
      'session/prompt',
      told(({ params, signal, client: from }) => {
        client = from
        return need(params.sessionId).prompt(params.prompt, signal)
      }),
    )
    .onNotification('session/cancel', ({ params }) => open.get(params.sessionId)?.cancel())
    .onRequest(
      CAIRN_METHODS.steer,
      PARAMS.steer,
      told(({ params }) => {
        need(params.sessionId).steer(params.text)
        return {}
      }),
    )
    .onRequest(
      CAIRN_METHODS.fork,
      PARAMS.fork,
      told(({ params }) => ({ sessionId: forkSession(sessions, params.sessionId, params.turn ?? null) })),
    )
    .onRequest(
      CAIRN_METHODS.undo,
      PARAMS.undo,
      told(({ params }) => need(params.sessionId).rewind('undo', params.turns, params.force)),
    )
    .onRequest(
      CAIRN_METHODS.redo,
      PARAMS.redo,
      told(({ params }) => need(params.sessionId).rewind('redo', 1, params.force)),
    )
    .onRequest(
      CAIRN_METHODS.compact,
      PARAMS.session,
      told(async ({ params }) => {
        await need(params.sessionId).compact()
        return {}
      }),
    )
    .onRequest(
      CAIRN_METHODS.context,
      PARAMS.session,
      told(({ params }) => need(params.sessionId).context()),
    )
    .onRequest(
      CAIRN_METHODS.rename,
      PARAMS.rename,
      told(async ({ params }) => {
        await need(params.sessionId).rename(params.title)
        return {}
      }),
    )

  const stream = ndJsonStream(options.output, options.input, { maxMessageBytes: MAX_MESSAGE_BYTES })
  const connection = app.connect(stream)
  const stop = () => connection.close()
  if (options.signal.aborted) stop()
  else options.signal.addEventListener('abort', stop, { once: true })
  try {
    await connection.closed
  } finally {
    options.signal.removeEventListener('abort', stop)
    await Promise.allSettled([...open.values()].map((session) => session.close()))
  }
}
