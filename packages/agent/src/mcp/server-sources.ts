import { openTrust, readShipped, trustFile, type Trust, type TrustKind } from '@cairn/guard'
import { existsSync, realpathSync } from 'node:fs'
import { codexServers } from './codex-servers.ts'
import type { McpServer } from './server-config.ts'

const KIND: TrustKind = 'mcp'

/** What is needed to know which servers are named anywhere. */
export interface ServerPlaces {
  /** The table `mcp` of the person's configuration. */
  own: unknown
  /** Real path. */
  repository: string
  trust: Trust
  env: NodeJS.ProcessEnv
  /** Where other agents keep what they were given, and where it is kept that it was approved. Default: not read. */
  home?: { path: string; dataDir: string }
  /** Reads TOML, as Codex has it. Default: such files are not read. */
  parseToml?: (text: string) => unknown
}

/** One place that names servers. */
export interface ServerSource {
  /** As people are told. */
  from: string
  /** By name. Null where what is there cannot be read. */
  table: unknown
  source: McpServer['source']
  /** Of one server; of a file of the repository all stand or fall together. */
  isActive(name: string): boolean
  /** Set where each entry is approved alone: what is approved. */
  entry?(name: string): { path: string; bytes: Buffer }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(bytes: Buffer, parse: (text: string) => unknown): unknown {
  try {
    return parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

const jsonTable = (bytes: Buffer): unknown => {
  const file = parsed(bytes, JSON.parse)
  return isRecord(file) ? (file['mcpServers'] ?? null) : null
}

/** Under which its entry for a server is approved in the list of a home folder. */
const entryPath = (file: string, name: string) => `${file}#${name}`

/**
 * What other agents of the person were given. Their files change all the time and say much else, so each entry is approved alone;
 * what it says of the environment stays a reference.
 */
function homeSources({ home, parseToml, env, repository }: ServerPlaces): ServerSource[] {
  // Accounts of services may have a home folder that does not exist.
  if (home === undefined || !existsSync(home.path)) return []
  const path = realpathSync(home.path)
  const trust = openTrust(trustFile(home.dataDir), path)
  const source = (from: string, file: string, raw: unknown, table: unknown = raw): ServerSource[] => {
    if (!isRecord(raw) || !isRecord(table)) return []
    const entry = (name: string) => ({
      path: entryPath(file, name),
      bytes: Buffer.from(JSON.stringify(raw[name] ?? null)),
    })
    return [
      {
        from,
        table,
        source: 'user',
        entry,
        isActive: (name) => trust.isTrusted(KIND, entry(name).path, entry(name).bytes),
      },
    ]
  }
  const codexSource = (config: unknown) =>
    source(
      '~/.codex/config.toml',
      '.codex/config.toml',
      isRecord(config) ? config['mcp_servers'] : null,
      codexServers(config, env),
    )
  const codex = readShipped(path, '.codex/config.toml')
  const claude = readShipped(path, '.claude.json')
  const settings = claude === null ? null : parsed(claude, JSON.parse)
  const projects = isRecord(settings) ? settings['projects'] : null
  const project = isRecord(projects) ? projects[repository] : null
  return [
    ...(codex === null || parseToml === undefined ? [] : codexSource(parsed(codex, parseToml))),
    ...(isRecord(project)
      ? source('~/.claude.json', `.claude.json/${repository}`, project['mcpServers'])
      : []),
    ...(isRecord(settings) ? source('~/.claude.json', '.claude.json', settings['mcpServers']) : []),
  ]
}

/** All places that name servers, in the order in which they count: of two with one name the first stands. */
export function serverSources(places: ServerPlaces): ServerSource[] {
  const { own, repository, trust, env, parseToml } = places
  const shipped = (path: string, tableOf: (bytes: Buffer) => unknown): ServerSource[] => {
    const bytes = readShipped(repository, path)
    if (bytes === null) return []
    const isTrusted = trust.isTrusted(KIND, path, bytes)
    return [{ from: path, table: tableOf(bytes), source: 'repository', isActive: () => isTrusted }]
  }
  return [
    ...(own === undefined
      ? []
      : [{ from: 'config.toml', table: own, source: 'user' as const, isActive: () => true }]),
    ...shipped('.cairn/mcp.json', jsonTable),
    ...shipped('.mcp.json', jsonTable),
    ...(parseToml === undefined
      ? []
      : shipped('.codex/config.toml', (bytes) => codexServers(parsed(bytes, parseToml), env))
          // It may have been made for something else.
          .filter(({ table }) => table !== null)),
    ...homeSources(places),
  ]
}

/** Approves the entry of one server in a file of another agent. */
export function approveEntry(
  home: { path: string; dataDir: string },
  { path, bytes }: { path: string; bytes: Buffer },
  by: string,
  at: number,
): void {
  const folder = realpathSync(home.path)
  openTrust(trustFile(home.dataDir), folder).approve(KIND, path, bytes, by, at)
}
