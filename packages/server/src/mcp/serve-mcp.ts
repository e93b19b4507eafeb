import { McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { newSessionId } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { DriveError } from '../drive/errors.ts'
import { prepareDataFolder } from '../drive/prepare-data-folder.ts'
import { openSessions } from '../drive/sessions.ts'
import { allowedFolder } from './allowed-folder.ts'
import { hostSession, type HostedSession, type HostedState, type HostSetup } from './hosted-session.ts'

export interface McpServeOptions extends HostSetup {
  input: Readable
  output: Writable
  /** Real paths of the folders that sessions may work in; the first is the default. */
  roots: readonly [string, ...string[]]
  /** Ends all sessions in good order. */
  signal: AbortSignal
}

/** Bytes of one message; a task is no file. */
const MAX_MESSAGE = 8 * 1024 * 1024
const MOST_SESSIONS = 16
/** Below the minute after which many clients give a call up, in seconds. */
const WAIT = 50
const MOST_WAIT = 3_600
const LISTED = 50

const STATE = z.object({
  session: z.string(),
  status: z.enum([
    'running',
    'idle',
    'done',
    'answered',
    'done-with-open-items',
    'blocked',
    'budget',
    'refused',
    'failed',
    'cancelled',
  ]),
  summary: z.string(),
  open_items: z.array(z.string()),
  checks: z.array(z.object({ command: z.string(), ok: z.boolean() })),
  files: z.array(z.string()),
  waiting_for_person: z.string().nullable(),
  cost_usd: z.number().nullable(),
})
const LIST = z.object({
  sessions: z.array(
    z.object({
      session: z.string(),
      cwd: z.string(),
      title: z.string(),
      status: z.string(),
      updated: z.string(),
    }),
  ),
})
const wait = z.number().min(0).max(MOST_WAIT).default(WAIT).describe('Seconds to wait for the end.')
const session = z.string().min(1).describe('Id of a session.')

const INSTRUCTIONS = `cairn works on a code base in a sandbox and proves what it did with the project's own checks.
run starts a task and waits; a task that takes longer comes back as "running": call wait until it ends. "done" means that a
check was green on the files as they are; "answered" means that nothing was checked. Actions that need a person's approval
are answered by that person in a terminal, never through these tools.`

const structured = (value: HostedState | z.infer<typeof LIST>) => ({
  content: [{ type: 'text' as const, text: JSON.stringify(value) }],
  structuredContent: { ...value },
})

const refusal = (error: unknown) => {
  const hint = error instanceof Error && 'hint' in error ? ` ${String(error.hint)}` : ''
  const text = `${error instanceof Error ? error.message : String(error)}.${hint}`
  return { content: [{ type: 'text' as const, text }], isError: true }
}

/** What is wrong with a call is told to the model that made it. */
const told =
  <Args, Result>(tool: (args: Args, context: ServerContext) => Promise<Result> | Result) =>
  async (args: Args, context: ServerContext) => {
    try {
      return await tool(args, context)
    } catch (error) {
      return refusal(error)
    }
  }

/**
 * Serves sessions as tools of the Model Context Protocol, until the client closes its side or `signal` aborts. No tool
 * grants an approval: who calls is a model.
 */
export async function serveMcp(options: McpServeOptions): Promise<void> {
  const { env, roots } = options
  const sessions = openSessions(env)
  prepareDataFolder(sessions.dataDir)
  const open = new Map<string, HostedSession>()
  const watchers = new Map<string, Set<() => void>>()
  const changed = (id: string) => {
    for (const tell of watchers.get(id) ?? []) tell()
  }
  const need = (id: string): HostedSession => {
    const found = open.get(id)
    if (found !== undefined) return found
    throw new DriveError('no-session', `the session ${id} is not open here`, 'Start it with run.')
  }
  /** Idle ones make room: they can be opened again. */
  const makeRoom = async () => {
    if (open.size < MOST_SESSIONS) return
    const idle = [...open].find(([, each]) => each.state().status !== 'running')
    if (idle === undefined)
      throw new DriveError('busy', `${MOST_SESSIONS} sessions are running`, 'Wait for one, or cancel it.')
    open.delete(idle[0])
    await idle[1].close()
  }
  const hostAt = async (named: string | undefined, folder: string | undefined): Promise<HostedSession> => {
    const known = named === undefined ? undefined : open.get(named)
    if (known !== undefined) return known
    const past = named === undefined ? null : sessions.need(named, '')
    const cwd = allowedFolder(past?.cwd ?? folder ?? roots[0], roots)
    await makeRoom()
    const id = past?.id ?? newSessionId(Date.now(), randomBytes)
    const again = open.get(id)
    if (again !== undefined) return again
    const hosted = hostSession(options, {
      id,
      cwd,
      model: await options.model(),
      resumes: past !== null,
      changed,
    })
    open.set(id, hosted)
    return hosted
  }
  /** Waits, and says meanwhile what happens where the client wants to know. */
  const follow = async (hosted: HostedSession, seconds: number, { mcpReq }: ServerContext) => {
    const id = hosted.state().session
    const token = mcpReq._meta?.progressToken
    let progress = 0
    const tell = () => {
      if (token === undefined) return
      progress += 1
      const { summary, waiting_for_person } = hosted.state()
      const message = waiting_for_person ?? summary
      mcpReq
        .notify({ method: 'notifications/progress', params: { progressToken: token, progress, message } })
        .catch(() => undefined)
    }
    const tellers = watchers.get(id) ?? new Set()
    watchers.set(id, tellers.add(tell))
    try {
      await hosted.wait(1_000 * seconds, mcpReq.signal)
    } finally {
      tellers.delete(tell)
    }
    return structured(hosted.state())
  }

  const create = () => {
    const server = new McpServer(
      { name: 'cairn', title: 'cairn', version: options.version },
      { instructions: INSTRUCTIONS },
    )
    server.registerTool(
      'run',
      {
        description: 'Give cairn a task in a folder, or go on with a session.',
        inputSchema: z.object({
          task: z.string().min(1).describe('What shall be done, with constraints and how it is checked.'),
          cwd: z
            .string()
            .optional()
            .describe('Absolute path of the folder; default: where the server works.'),
          session: session.optional().describe('Go on with this session instead of beginning one.'),
          wait_seconds: wait,
        }),
        outputSchema: STATE,
        annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
      },
      told(async ({ task, cwd, session: named, wait_seconds }, context: ServerContext) => {
        const hosted = await hostAt(named, cwd)
        hosted.begin(task)
        return follow(hosted, wait_seconds, context)
      }),
    )
    server.registerTool(
      'wait',
      {
        description: 'How far a session is; waits for the end of its turn.',
        inputSchema: z.object({ session, wait_seconds: wait }),
        outputSchema: STATE,
        annotations: { readOnlyHint: true },
      },
      told(({ session: named, wait_seconds }, context: ServerContext) =>
        follow(need(named), wait_seconds, context),
      ),
    )
    server.registerTool(
      'steer',
      {
        description: 'Say something to a running session; it is delivered between two steps.',
        inputSchema: z.object({ session, text: z.string().min(1) }),
        outputSchema: STATE,
      },
      told(({ session: named, text }) => {
        const hosted = need(named)
        hosted.steer(text)
        return structured(hosted.state())
      }),
    )
    server.registerTool(
      'cancel',
      {
        description: 'End the running turn of a session and its commands now.',
        inputSchema: z.object({ session }),
        outputSchema: STATE,
      },
      told(async ({ session: named }, context: ServerContext) => {
        const hosted = need(named)
        hosted.cancel()
        return follow(hosted, WAIT, context)
      }),
    )
    server.registerTool(
      'sessions',
      {
        description: 'The newest sessions of the folders that this server works in.',
        inputSchema: z.object({}),
        outputSchema: LIST,
        annotations: { readOnlyHint: true },
      },
      told(() => {
        const found = sessions.list(null).filter(({ cwd }) => {
          try {
            return allowedFolder(cwd, roots) !== ''
          } catch {
            return false
          }
        })
        return structured({
          sessions: found.slice(0, LISTED).map((each) => ({
            session: each.id,
            cwd: each.cwd,
            title: each.name ?? each.title,
            status: open.get(each.id)?.state().status ?? each.status,
            updated: new Date(each.updatedAt).toISOString(),
          })),
        })
      }),
    )
    return server
  }

  const transport = new StdioServerTransport(options.input, options.output, { maxBufferSize: MAX_MESSAGE })
  const handle = serveStdio(create, { transport })
  const gone = Promise.race([
    once(options.input, 'close').catch(() => undefined),
    once(options.input, 'end').catch(() => undefined),
    once(options.output, 'error'),
    new Promise<void>((resolve) => {
      if (options.signal.aborted) resolve()
      options.signal.addEventListener('abort', () => resolve(), { once: true })
    }),
  ])
  await gone
  await Promise.allSettled([...open.values()].map((each) => each.close()))
  await handle.close()
}
