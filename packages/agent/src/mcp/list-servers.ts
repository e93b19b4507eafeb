import { readShipped, type Trust } from '@cairn/guard'
import { MCP_FILES, tableOf } from './load-servers.ts'
import { readPin } from './pinned-tools.ts'
import { readServers, runsOf, type McpServer } from './server-config.ts'
import { serverKey } from './tool-list.ts'

/** One MCP server that is configured somewhere. */
export interface ListedServer {
  name: string
  /** Under what its tools are remembered. */
  key: string
  /** `config.toml`, or the file of the repository. */
  from: string
  /** `inactive`: nobody approved the file as it is. `shadowed`: another one of this name comes first. */
  state: 'active' | 'inactive' | 'shadowed'
  /** The program, or the origin of the URL; arguments and headers may hold keys. */
  runs: string
  /** Whether what it says about its tools is remembered, and whether it says something else by now. */
  tools: 'new' | 'remembered' | 'changed'
}

/** Lists all configured servers and what is wrong with others. Starts none of them. */
export function listServers(options: {
  /** The table `mcp` of the person's configuration. */
  own: unknown
  repository: string
  /** Real path of the folder that a session would work in. */
  workspace: string
  trust: Trust
  env: NodeJS.ProcessEnv
  pins: string
}): { servers: ListedServer[]; problems: string[] } {
  const { own, repository, workspace, trust, env, pins } = options
  const taken = new Set<string>()
  const servers: ListedServer[] = []
  const problems: string[] = []
  const add = (from: string, table: unknown, source: McpServer['source'], isActive: boolean) => {
    const read = readServers(table, source, env)
    problems.push(...read.problems.map((problem) => `${from}: ${problem}`))
    for (const server of read.servers) {
      const state = !isActive ? 'inactive' : taken.has(server.name) ? 'shadowed' : 'active'
      if (state === 'active') taken.add(server.name)
      const key = serverKey(server, workspace)
      const pin = readPin(pins, key)
      const known =
        pin === null || pin === 'damaged' ? 'new' : pin.changed === null ? 'remembered' : 'changed'
      servers.push({ name: server.name, key, from, state, runs: runsOf(server), tools: known })
    }
  }
  if (own !== undefined) add('config.toml', own, 'user', true)
  for (const path of MCP_FILES) {
    const bytes = readShipped(repository, path)
    if (bytes !== null) add(path, tableOf(bytes), 'repository', trust.isTrusted('mcp', path, bytes))
  }
  return { servers, problems }
}
