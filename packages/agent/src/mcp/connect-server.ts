import type { Sandbox } from '@cairn/guard'
import type { AuthProvider, CallToolResult, Client, Transport } from '@modelcontextprotocol/client'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createBoundedFetch } from './http-fetch.ts'
import { LoginNeeded } from './oauth/session-auth.ts'
import type { McpServer } from './server-config.ts'
import { createStdioTransport, type StdioTransport } from './stdio-transport.ts'
import { boundTools, type McpToolSpec } from './tool-list.ts'

const MOST_PAGES = 50
const LAST_BYTES_MS = 100
/** Of what a server gave as the reason. In UTF-16 code units. */
const MOST_REASON = 500

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The server has forgotten the session: it did nothing, and a new session may be begun. */
export class ForgottenSession extends Error {
  override readonly name = 'ForgottenSession'
}

/** A server that is under way. */
export interface McpConnection {
  readonly tools: readonly McpToolSpec[]
  readonly problems: readonly string[]
  readonly open: () => boolean
  /** What it offers now, where it has announced a change since it was last asked; else null. */
  relist(signal: AbortSignal): Promise<readonly McpToolSpec[] | null>
  /** Rejects with `ForgottenSession` where the server no longer knows the session, and has done nothing. */
  call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult>
  close(): Promise<void>
}

const hasAuthorization = (headers: Record<string, string>) =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')

/** Starts or reaches a server and asks for its tools. Rejects where it does not answer in time, or at `signal`. */
export async function connectServer(
  server: McpServer,
  sandbox: Pick<Sandbox, 'launch' | 'workspace'>,
  version: string,
  signal: AbortSignal,
  auth: AuthProvider | null,
): Promise<McpConnection> {
  const sdk = await import('@modelcontextprotocol/client')
  const { run, startMs } = server
  const calls = new AsyncLocalStorage<(error: Error | null) => void>()
  const transport: Transport & Partial<Pick<StdioTransport, 'errors' | 'failure' | 'kill'>> =
    'command' in run
      ? createStdioTransport(
          () => sandbox.launch({ argv: [run.command, ...run.args], cwd: sandbox.workspace, env: run.env }),
          sdk.parseJSONRPCMessage,
        )
      : new sdk.StreamableHTTPClientTransport(new URL(run.url), {
          requestInit: { headers: run.headers, redirect: 'error' },
          ...(auth === null || hasAuthorization(run.headers) ? {} : { authProvider: auth }),
          fetch: createBoundedFetch((error) => calls.getStore()?.(error)),
        })
  /** Says by `LoginNeeded` what a server means that wants a token, another one, or one with more rights. */
  const throwIfRefused = (error: unknown): void => {
    if (error instanceof LoginNeeded) throw error
    if (sdk.InsufficientScopeError.isInstance(error)) {
      const scope = error.requiredScope?.replaceAll(/[^\w:./ -]/gu, '').slice(0, 200)
      throw new LoginNeeded(`it wants a login with more rights${scope === undefined ? '' : ` (${scope})`}`, {
        cause: error,
      })
    }
    if (
      sdk.UnauthorizedError.isInstance(error) ||
      (sdk.SdkHttpError.isInstance(error) && error.status === 401)
    )
      throw new LoginNeeded('it wants you to log in', { cause: error })
  }
  // No roots, sampling or elicitation: a server gets nothing but what it is called with.
  const client: Client = new sdk.Client({ name: 'cairn', version }, { listMaxPages: MOST_PAGES })
  const timeout = AbortSignal.timeout(startMs)
  const deadline = AbortSignal.any([timeout, signal])
  const list = async (until: AbortSignal) => {
    const { tools } = await client.listTools(undefined, { timeout: startMs, signal: until })
    return boundTools(tools)
  }
  // Only counted: however often it says so, it costs one question before the next call.
  let changes = 0
  let seen = 0
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1
  })
  try {
    await client.connect(transport, { timeout: startMs, signal: deadline })
    seen = changes
    const listed = await list(deadline)
    return {
      ...listed,
      open: () => client.transport !== undefined,
      async relist(until) {
        const now = changes
        if (seen === now) return null
        const { tools } = await list(until)
        // Only now: what could not be asked for stays to be asked for.
        seen = now
        return tools
      },
      async call(name, args, until) {
        const over = new AbortController()
        const { promise: ended, reject } = Promise.withResolvers<never>()
        // An answer that stands in the last bytes of a stream is taken first.
        const onEnd = (error: Error | null) =>
          void setTimeout(() => {
            reject(error ?? new Error('the server ended its answer before there was one'))
            over.abort()
          }, LAST_BYTES_MS)
        const request = () =>
          client.request(
            { method: 'tools/call', params: { name, arguments: args } },
            {
              timeout: server.timeoutMs,
              maxTotalTimeout: server.timeoutMs,
              signal: AbortSignal.any([until, over.signal]),
            },
          )
        try {
          return await Promise.race([calls.run(onEnd, request), ended])
        } catch (error) {
          if (sdk.SdkHttpError.isInstance(error) && error.status === 404)
            throw new ForgottenSession('the server has forgotten the session', { cause: error })
          throwIfRefused(error)
          const failure = transport.failure?.() ?? null
          if (failure === null) throw error
          throw new Error(`${reasonOf(error)}: ${failure}`, { cause: error })
        }
      },
      close: () => client.close(),
    }
  } catch (error) {
    transport.kill?.()
    await client.close().catch(() => undefined)
    // One that never answered has a transport that the client does not know.
    await transport.close().catch(() => undefined)
    throwIfRefused(error)
    if (timeout.aborted && !signal.aborted)
      throw new Error(`it did not answer within ${startMs / 1_000} s`, { cause: error })
    const failure = transport.failure?.() ?? null
    if (failure !== null) throw new Error(failure, { cause: error })
    const said = transport.errors?.().trim().split('\n').at(-1) ?? ''
    const why = reasonOf(error).slice(0, MOST_REASON)
    throw new Error(said === '' ? why : `${why} (it said: ${said.slice(0, 200)})`, { cause: error })
  }
}
