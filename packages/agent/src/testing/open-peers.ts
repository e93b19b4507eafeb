import type { Sandbox } from '@cairn/guard'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMcp, type McpTools } from '../mcp/open-mcp.ts'
import { openTokenStore } from '../mcp/oauth/token-store.ts'
import type { McpServer } from '../mcp/server-config.ts'
import type { ToolOutcome } from '../tool.ts'

/** The MCP servers of a session without the rest of it, and without a sandbox around their processes. */
export interface OpenPeers extends AsyncDisposable {
  mcp: McpTools
  problems: string[]
  folder: string
  /** What `tool_search` says. */
  search(query: string): Promise<string>
  /** Gives the message where the call fails. */
  call(tool: string, args?: object, signal?: AbortSignal): Promise<ToolOutcome | string>
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'cairn-mcp-'))

/** What is remembered of servers is kept in `folder`, which is removed at the end. */
export async function openPeers(servers: readonly McpServer[], folder = newFolder()): Promise<OpenPeers> {
  const sandbox: Pick<Sandbox, 'launch' | 'workspace'> = {
    workspace: folder,
    launch: ({ argv, env }) => ({
      file: argv[0] ?? '',
      args: argv.slice(1),
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      fds: [],
      view: folder,
    }),
  }
  const allowed = { id: '', decision: 'allow', rule: '', reason: '', policySha256: '' } as const
  const problems: string[] = []
  const mcp = await openMcp({
    servers,
    sandbox,
    ready: () => Promise.resolve(),
    policy: { decide: () => Promise.resolve(allowed) },
    pins: join(folder, 'pins'),
    logins: openTokenStore(folder),
    before: null,
    version: '0',
    onProblem: (text) => problems.push(text),
  })
  problems.push(...mcp.problems)
  const call: OpenPeers['call'] = async (name, args = {}, signal = new AbortController().signal) => {
    const tool = mcp.find(name) ?? mcp.tools.find((each) => each.name === name)
    const prepared = tool?.prepare(JSON.stringify(args))
    if (prepared === undefined) return `no ${name}`
    if (!prepared.ok) return prepared.message
    return prepared
      .run({ id: '1', signal })
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
  }
  return {
    mcp,
    problems,
    folder,
    call,
    async search(query) {
      const outcome = await call('tool_search', { query })
      return typeof outcome === 'string' ? outcome : String(outcome.output)
    },
    async [Symbol.asyncDispose]() {
      await mcp.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
