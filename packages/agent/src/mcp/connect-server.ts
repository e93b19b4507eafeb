import type { Sandbox } from '@cairn/guard'
import type { CallToolResult, Client, Transport } from '@modelcontextprotocol/client'
import { boundedFetch } from './http-fetch.ts'
import type { McpServer } from './server-config.ts'
import { createStdioTransport } from './stdio-transport.ts'
import { boundTools, type McpToolSpec } from './tool-list.ts'

const CONNECT_MS = 15_000
const MOST_PAGES = 20

/** A server that is under way. */
export interface McpConnection {
  readonly tools: readonly McpToolSpec[]
  readonly problems: readonly string[]
  readonly open: () => boolean
  call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult>
  close(): Promise<void>
}

/** Starts or reaches a server and asks for its tools. Rejects where it does not answer within 15 s. */
export async function connectServer(
  server: McpServer,
  sandbox: Pick<Sandbox, 'launch' | 'workspace'>,
  version: string,
): Promise<McpConnection> {
  const sdk = await import('@modelcontextprotocol/client')
  const { run } = server
  const transport: Transport & { errors?: () => string } =
    'command' in run
      ? createStdioTransport(
          () => sandbox.launch({ argv: [run.command, ...run.args], cwd: sandbox.workspace, env: run.env }),
          sdk.parseJSONRPCMessage,
        )
      : new sdk.StreamableHTTPClientTransport(new URL(run.url), {
          requestInit: { headers: run.headers, redirect: 'error' },
          fetch: boundedFetch,
        })
  // No roots, sampling or elicitation: a server gets nothing but what it is called with.
  const client: Client = new sdk.Client({ name: 'cairn', version }, { listMaxPages: MOST_PAGES })
  const deadline = AbortSignal.timeout(CONNECT_MS)
  try {
    await client.connect(transport, { timeout: CONNECT_MS, signal: deadline })
    const { tools: listed } = await client.listTools(undefined, { timeout: CONNECT_MS, signal: deadline })
    return {
      ...boundTools(listed),
      open: () => client.transport !== undefined,
      call: (name, args, signal) =>
        client.request(
          { method: 'tools/call', params: { name, arguments: args } },
          { timeout: server.timeoutMs, maxTotalTimeout: server.timeoutMs, signal },
        ),
      close: () => client.close(),
    }
  } catch (error) {
    await client.close().catch(() => undefined)
    // One that never answered has a transport that the client does not know.
    await transport.close().catch(() => undefined)
    const said = transport.errors?.().trim().split('\n').at(-1) ?? ''
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(said === '' ? why : `${why} (it said: ${said.slice(0, 200)})`, { cause: error })
  }
}
