import { readPin } from './pinned-tools.ts'
import { readServers, runsOf, type McpServer } from './server-config.ts'
import { serverSources, type ServerPlaces } from './server-sources.ts'
import { serverKey } from './tool-list.ts'

/** One MCP server that is configured somewhere. */
export interface ListedServer {
  name: string
  /** `config.toml`, the file of the repository, or that of another agent. */
  from: string
  /**
   * `inactive`: nobody approved it as it is. `shadowed`: another one of this name comes first. `incomplete`: a variable that it
   * names is not set.
   */
  state: 'active' | 'inactive' | 'shadowed' | 'incomplete'
  /** The program, or the origin of the URL; arguments and headers may hold keys. */
  runs: string
  /** Whether what it says about its tools is remembered, and whether it says something else by now. */
  tools: 'new' | 'remembered' | 'changed'
}

/** A listed server with what belongs to it. */
export interface FoundServer {
  listed: ListedServer
  server: McpServer
  /** What is written of it, references to the environment not resolved. */
  written: unknown
  /** Under what its tools are remembered. */
  key: string
  /** Set where it is approved alone: what is approved. */
  entry: { path: string; bytes: Buffer } | null
}

/** Values in place of those that variables would have, so that a server can be listed without them. */
const unsetIn = (table: unknown, env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    [...(JSON.stringify(table) ?? '').matchAll(/\$\{(\w+)\}/gu)].flatMap(([, name = '']) =>
      env[name] === undefined ? [[name, '']] : [],
    ),
  )

/** Finds all configured servers and what is wrong with others. Starts none of them. */
export function findServers(
  places: ServerPlaces & {
    /** Real path of the folder that a session would work in. */
    workspace: string
    /** Folder of `pinnedToolsFolder`. */
    pins: string
  },
): { servers: FoundServer[]; problems: string[] } {
  const taken = new Set<string>()
  const servers: FoundServer[] = []
  const problems: string[] = []
  for (const { from, table, source, isActive, entry } of serverSources(places)) {
    const read = readServers(table, source, places.env)
    problems.push(...read.problems.map((problem) => `${from}: ${problem}`))
    const whole = new Set(read.servers.map(({ name }) => name))
    const all = readServers(table, source, { ...unsetIn(table, places.env), ...places.env })
    for (const server of all.servers) {
      const { name } = server
      const usable = whole.has(name) ? 'active' : 'incomplete'
      const state = !isActive(name) ? 'inactive' : taken.has(name) ? 'shadowed' : usable
      if (state === 'active') taken.add(name)
      const key = serverKey(server, places.workspace)
      const pin = readPin(places.pins, key)
      const tools =
        pin === null || pin === 'damaged' ? 'new' : pin.changed === null ? 'remembered' : 'changed'
      const written: unknown = typeof table === 'object' && table !== null ? Reflect.get(table, name) : null
      servers.push({
        listed: { name, from, state, runs: runsOf(server), tools },
        server,
        written,
        key,
        entry: entry?.(name) ?? null,
      })
    }
  }
  return { servers, problems }
}
