import type { Policy, Sandbox } from '@cairn/guard'
import type { ToolDeclaration } from '@cairn/models'
import type { Tool } from '../tool.ts'
import { chooseDeclared } from './choose-declared.ts'
import { connectServer } from './connect-server.ts'
import { keepDeclared } from './last-declared.ts'
import { mcpCall } from './mcp-call.ts'
import { mcpTool } from './mcp-tool.ts'
import { sessionAuth } from './oauth/session-auth.ts'
import type { TokenStore } from './oauth/token-store.ts'
import type { McpServer } from './server-config.ts'
import { createServerLink, type ServerLink } from './server-link.ts'
import { serverKey, toolName } from './tool-list.ts'
import { toolSearch } from './tool-search.ts'

/** The MCP servers of a session. */
export interface McpTools {
  /** What is declared to the model. Fixed while the session is open, whatever servers do. */
  readonly tools: readonly Tool[]
  /** A tool by its name, declared or not. */
  find(name: string): Tool | undefined
  /** What a person should know as the session begins: servers that are not used, and why. */
  readonly problems: readonly string[]
  /** Tells every secret that servers are given beyond their configuration, those of now and those to come. */
  eachSecret(listener: (value: string) => void): void
  close(): Promise<void>
}

/**
 * Makes tools of what servers are known to offer, and waits for none of them: a known server is started by its first call, an unknown
 * one beside the session. What is not declared (servers that are unknown, or too large a set) is reached through two tools
 * that always look alike.
 */
export async function openMcp(options: {
  servers: readonly McpServer[]
  sandbox: Pick<Sandbox, 'launch' | 'workspace'>
  /** Resolves when commands may run in the sandbox. */
  ready: () => Promise<void>
  policy: Pick<Policy, 'decide'>
  /** Folder of `pinnedToolsFolder`. */
  pins: string
  logins: TokenStore
  /** What the present epoch of a session that goes on was declared with; see `lastDeclared`. */
  before: readonly ToolDeclaration[] | null
  version: string
  /** Hears later what `problems` did not know yet. */
  onProblem: (text: string) => void
}): Promise<McpTools> {
  const { sandbox, policy, pins, version } = options
  const problems: string[] = []
  const secrets = new Set<string>()
  const listeners: ((value: string) => void)[] = []
  const onSecret = (value: string) => {
    if (secrets.has(value)) return
    secrets.add(value)
    for (const listener of listeners) listener(value)
  }
  let report = (text: string): void => void problems.push(text)

  const link = async (server: McpServer): Promise<ServerLink | null> => {
    const host = 'url' in server.run ? { host: new URL(server.run.url).hostname } : {}
    const decided = await policy.decide({ tool: `mcp__${server.name}`, effect: 'exec', ...host })
    if (decided.decision === 'deny') {
      report(`MCP server ${server.name} is not used: the policy denies it (rule ${decided.rule}).`)
      return null
    }
    const made = () =>
      createServerLink({
        server,
        pins,
        key: serverKey(server, sandbox.workspace),
        async connect(signal) {
          if ('command' in server.run) await options.ready()
          const auth = 'url' in server.run ? sessionAuth(server.run.url, options.logins, onSecret) : null
          return connectServer(server, sandbox, version, signal, auth)
        },
        onTools: () => {
          found = null
        },
        onProblem: (text) => report(text),
      })
    try {
      return made()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      report(`MCP server ${server.name} is not used: what is remembered of it cannot be read (${why}).`)
      return null
    }
  }
  const links = (await Promise.all(options.servers.map(link))).filter((one) => one !== null)

  let found: Map<string, Tool> | null = null
  const toolsOf = (one: ServerLink) =>
    one.tools
      .filter(({ name }) => one.server.offers?.(name) ?? true)
      .map((spec) => mcpTool(toolName(one.server.name, spec.name), spec, one))
  const known = links.map(toolsOf)
  const { before } = options
  const declared = keepDeclared(before, known) ?? chooseDeclared(known)
  const byName = new Map([...declared].map((tool) => [tool.name, tool]))
  /** A declared tool stays the one that was declared; it answers for itself if its server has changed. */
  const all = (): Map<string, Tool> =>
    (found ??= new Map([
      ...links
        .filter(({ state }) => state !== 'changed')
        .flatMap((one) => toolsOf(one).map((tool): [string, Tool] => [tool.name, tool])),
      ...byName,
    ]))

  const unknown = links.filter(({ tools }) => tools.length === 0)
  const isHidden =
    unknown.length > 0 ||
    before?.some(({ name }) => name === 'tool_search') === true ||
    known.some((tools) => tools.some((tool) => !declared.has(tool)))
  const absent = () =>
    links.flatMap(({ server, state, problem }) =>
      problem !== null
        ? [`Server ${server.name} is not used: ${problem}`]
        : state === 'starting'
          ? [`Server ${server.name} is still starting`]
          : [],
    )
  const hidden = isHidden
    ? [
        toolSearch(
          links.map(({ server }) => server.name),
          {
            tools: () => [...all().values()],
            absent,
            async settled() {
              await Promise.all(
                links.map((one) => (one.state === 'starting' || one.wantsLogin ? one.start() : undefined)),
              )
            },
          },
        ),
        mcpCall(
          (name) => all().has(name),
          () => absent().join('. '),
        ),
      ]
    : []
  report = options.onProblem
  for (const one of unknown) void one.start()
  return {
    tools: [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)).concat(hidden),
    find: (name) => all().get(name),
    problems,
    eachSecret(listener) {
      listeners.push(listener)
      for (const value of secrets) listener(value)
    },
    async close() {
      await Promise.allSettled(links.map((one) => one.close()))
    },
  }
}
