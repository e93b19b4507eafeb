import type { Policy, Sandbox } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Tool, ToolOutcome } from '../tool.ts'
import { connectServer, type McpConnection } from './connect-server.ts'
import { checkPin, setDamagedAside } from './pinned-tools.ts'
import type { McpServer } from './server-config.ts'
import { serverKey, toolName, toolsHash, type McpToolSpec } from './tool-list.ts'

/** More would fill the context of every request. */
const MOST_DECLARED = 40
const MOST_DECLARED_BYTES = 32_768

/** The MCP servers of a session. */
export interface McpTools {
  readonly tools: readonly Tool[]
  /** What a person should know: servers that are not used, and why. */
  readonly problems: readonly string[]
  close(): Promise<void>
}

const textOf = (result: CallToolResult): string => {
  const parts = result.content.map((part) => {
    if (part.type === 'text') return part.text
    if (part.type === 'resource' && 'text' in part.resource) return part.resource.text
    if (part.type === 'resource_link') return `[link ${part.uri}]`
    return `[${part.type}, not shown]`
  })
  if (parts.length === 0 && result.structuredContent !== undefined)
    return JSON.stringify(result.structuredContent)
  return parts.join('\n')
}

/** A server with its connection, which is made anew once where it has ended. */
function keepOpen(first: McpConnection, reconnect: () => Promise<McpConnection>, expected: string) {
  let connection = first
  let restarts = 1
  return {
    async call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult> {
      if (!connection.open()) {
        if (restarts === 0) throw new Error('the server ended twice and is not started again in this session')
        restarts -= 1
        connection = await reconnect()
        if (toolsHash(connection.tools) !== expected) {
          restarts = 0
          await connection.close()
          throw new Error('the server describes other tools since it was started again, so it is not used')
        }
      }
      return connection.call(name, args, signal)
    },
    close: () => connection.close(),
  }
}

function makeTool(server: McpServer, spec: McpToolSpec, kept: ReturnType<typeof keepOpen>): Tool {
  const name = toolName(server.name, spec.name)
  const host = 'url' in server.run ? new URL(server.run.url).hostname : undefined
  return {
    name,
    effect: spec.readOnly ? 'read' : 'exec',
    declaration: { name, description: spec.description, schema: spec.schema },
    ...(host === undefined ? {} : { host }),
    prepare(argsText) {
      const no = (why: string) =>
        ({ ok: false, message: `Nothing was executed: the arguments of ${name} ${why}.` }) as const
      let args: Json
      try {
        args = JSON.parse(argsText.trim() === '' ? '{}' : argsText)
      } catch (error) {
        return no(`are not valid JSON (${error instanceof Error ? error.message : String(error)})`)
      }
      if (typeof args !== 'object' || args === null || Array.isArray(args)) return no('are not a JSON object')
      const wanted = spec.schema['required']
      const missing = Array.isArray(wanted)
        ? wanted.filter((key) => typeof key === 'string' && !Object.hasOwn(args, key))
        : []
      if (missing.length > 0) return no(`lack ${missing.join(', ')}`)
      return {
        ok: true,
        args,
        async run({ signal }): Promise<ToolOutcome> {
          const result = await kept.call(spec.name, args, signal)
          return { ok: result.isError !== true, output: textOf(result) }
        },
      }
    },
  }
}

/** Starts the servers side by side and makes tools of what they offer. A server that fails is left out, and said. */
export async function openMcp(options: {
  servers: readonly McpServer[]
  sandbox: Pick<Sandbox, 'launch' | 'workspace'>
  /** Resolves when commands may run in the sandbox. */
  ready: () => Promise<void>
  policy: Pick<Policy, 'decide'>
  pinsFile: string
  version: string
}): Promise<McpTools> {
  const { servers, sandbox, policy, pinsFile } = options
  const damage = setDamagedAside(pinsFile)
  const problems: string[] = damage === null ? [] : [damage]
  const connect = async (server: McpServer): Promise<McpConnection> => {
    const host = 'url' in server.run ? { host: new URL(server.run.url).hostname } : {}
    const decided = await policy.decide({ tool: `mcp__${server.name}`, effect: 'exec', ...host })
    if (decided.decision === 'deny') throw new Error(`the policy denies it (rule ${decided.rule})`)
    if ('command' in server.run) await options.ready()
    return connectServer(server, sandbox, options.version)
  }
  const reached = await Promise.allSettled(servers.map(connect))
  const kept: ReturnType<typeof keepOpen>[] = []
  const tools = new Map<string, Tool>()
  let bytes = 0
  let left = 0
  for (const [index, server] of servers.entries()) {
    const one = reached[index]
    if (one?.status !== 'fulfilled') {
      const why: unknown = one?.reason
      problems.push(
        `MCP server ${server.name} is not used: ${why instanceof Error ? why.message : String(why)}.`,
      )
      continue
    }
    const connection = one.value
    problems.push(...connection.problems.map((problem) => `MCP server ${server.name}: ${problem}.`))
    const hash = toolsHash(connection.tools)
    if (checkPin(pinsFile, serverKey(server, sandbox.workspace), hash) === 'changed') {
      await connection.close()
      problems.push(
        `MCP server ${server.name} is not used: it describes its tools otherwise than when it was first used. Look at it; to accept what it says now, remove its line from ${pinsFile}.`,
      )
      continue
    }
    const open = keepOpen(connection, () => connect(server), hash)
    kept.push(open)
    for (const spec of connection.tools) {
      const tool = makeTool(server, spec, open)
      const size = JSON.stringify(tool.declaration).length
      if (tools.size >= MOST_DECLARED || bytes + size > MOST_DECLARED_BYTES || tools.has(tool.name)) left += 1
      else {
        bytes += size
        tools.set(tool.name, tool)
      }
    }
  }
  if (left > 0)
    problems.push(
      `${left} tools of MCP servers are left out: at most ${MOST_DECLARED} with ${MOST_DECLARED_BYTES >> 10} KiB are offered.`,
    )
  return {
    tools: [...tools.values()],
    problems,
    async close() {
      await Promise.allSettled(kept.map((one) => one.close()))
    },
  }
}
