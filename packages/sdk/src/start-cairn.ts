import { client, ndJsonStream, type McpServer } from '@agentclientprotocol/sdk'
import { CAIRN_METHODS, type CairnEvent } from '@cairn/server/acp/extension'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { answerQuestion, type Answerer } from './question.ts'
import { cairnError, CairnError } from './sdk-error.ts'
import { openSession, type CairnSession, type Inbox } from './session.ts'

export interface CairnOptions {
  /** The command. Default: `cairn` on the PATH. */
  command?: string
  /** Options of `cairn acp`, for example `['--model', 'anthropic/claude-sonnet-4-5', '--max-cost', '5']`. */
  args?: readonly string[]
  /** Environment of the command. Default: that of this process. */
  env?: NodeJS.ProcessEnv
  /** Who answers where the policy asks. Default: everything is denied. */
  answer?: Answerer
  /** Name under which this program introduces itself. Default `@cairn/sdk`. */
  name?: string
}

export interface SessionOptions {
  /** Absolute path of the workspace. */
  cwd: string
  mcpServers?: McpServer[]
}

export interface SessionListing {
  id: string
  cwd: string
  title: string
  /** ISO 8601. */
  updatedAt: string
}

/** A running cairn; `await using` ends it with all its sessions. */
export interface Cairn extends AsyncDisposable {
  /** Version of the command. */
  readonly version: string
  start(options: SessionOptions): Promise<CairnSession>
  /** Goes on with a session, whoever began it. */
  load(id: string, options: SessionOptions): Promise<CairnSession>
  /** Newest first; of one folder, or of all. */
  list(cwd?: string): Promise<SessionListing[]>
  close(): Promise<void>
}

/** End of what the command wrote as its reasons, in UTF-16 code units. */
const REASONS = 2_000
/** A command that does not end by itself after this time is ended, in ms. */
const PATIENCE_MS = 10_000

/** Starts `cairn acp` and connects to it. Throws `CairnError` `not-started` where that fails. */
export async function startCairn(options: CairnOptions = {}): Promise<Cairn> {
  const command = options.command ?? 'cairn'
  const child = spawn(command, ['acp', ...(options.args ?? [])], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: options.env ?? process.env,
  })
  let reasons = ''
  child.stderr.on('data', (piece: Buffer) => (reasons = (reasons + piece.toString('utf8')).slice(-REASONS)))
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close').catch(() => undefined)
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new CairnError(
          'not-started',
          `${command} could not be started: ${error.message}`,
          'Is cairn installed?',
        ),
      ),
    )
    child.once('close', (code) =>
      reject(new CairnError('gone', `${command} acp ended with ${code ?? 'a signal'}: ${reasons.trim()}`)),
    )
  })
  failed.catch(() => undefined)

  const inboxes = new Map<string, Inbox>()
  const app = client({ name: options.name ?? '@cairn/sdk' })
    .onNotification('session/update', ({ params }) => inboxes.get(params.sessionId)?.update(params.update))
    .onNotification(
      CAIRN_METHODS.event,
      // Sent by a cairn of the same version.
      (params: unknown) => params as CairnEvent,
      ({ params }) => inboxes.get(params.sessionId)?.event(params.event),
    )
    .onRequest('session/request_permission', ({ params }) => answerQuestion(params, options.answer))
  const connection = app.connect(
    // The streams of Node for the web know no element type.
    ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>),
  )
  const { agent } = connection
  failed.catch((error: unknown) => {
    for (const inbox of inboxes.values()) inbox.end(error)
  })
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([answer, failed])
    } catch (error) {
      // Why the command ended is known a moment after its pipes are closed.
      if (connection.signal.aborted) await Promise.race([failed, pause(1_000)])
      throw cairnError(error)
    }
  }
  const { agentInfo } = await asked(
    agent.request('initialize', {
      protocolVersion: 1,
      clientInfo: { name: options.name ?? '@cairn/sdk', version: '0.1.0' },
      clientCapabilities: { _meta: { cairn: { events: true } } },
    }),
  )
  const add = (id: string): CairnSession => {
    const { session, inbox } = openSession(agent, id)
    inboxes.set(id, inbox)
    return session
  }
  const close = async () => {
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS)
    await closed
    clearTimeout(timer)
    connection.close()
  }
  return {
    version: agentInfo?.version ?? '',
    async start({ cwd, mcpServers = [] }) {
      const { sessionId } = await asked(agent.request('session/new', { cwd, mcpServers }))
      return add(sessionId)
    },
    async load(id, { cwd, mcpServers = [] }) {
      await asked(agent.request('session/resume', { sessionId: id, cwd, mcpServers }))
      return add(id)
    },
    async list(cwd) {
      const { sessions } = await asked(agent.request('session/list', cwd === undefined ? {} : { cwd }))
      return sessions.map(({ sessionId, cwd: folder, title, updatedAt }) => ({
        id: sessionId,
        cwd: folder,
        title: title ?? '',
        updatedAt: updatedAt ?? '',
      }))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
