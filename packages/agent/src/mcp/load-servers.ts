import { readShipped, type Trust } from '@cairn/guard'
import { readServers, type McpServer, type ReadServers } from './server-config.ts'

/** Files of a repository that may name servers; of two with one name the first counts. */
export const MCP_FILES: readonly string[] = ['.cairn/mcp.json', '.mcp.json']

/** The table of servers in such a file; null where it has none. */
export function tableOf(bytes: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && 'mcpServers' in parsed ? parsed.mcpServers : null
  } catch {
    return null
  }
}

/**
 * The servers of a person and those of a repository. A file of the repository counts only while its very bytes are trusted;
 * where two have one name, the person's stands.
 */
export function loadServers(options: {
  /** The table `mcp` of the person's configuration. */
  own: unknown
  repository: string
  trust: Trust
  env: NodeJS.ProcessEnv
}): ReadServers {
  const { own, repository, trust, env } = options
  const found = own === undefined ? { servers: [], problems: [] } : readServers(own, 'user', env)
  const servers = new Map<string, McpServer>(found.servers.map((server) => [server.name, server]))
  const problems = [...found.problems]
  for (const path of MCP_FILES) {
    const bytes = readShipped(repository, path)
    if (bytes === null) continue
    if (!trust.isTrusted('mcp', path, bytes)) {
      problems.push(
        `The MCP servers of ${path} are not active: nobody approved the file as it is. See \`cairn trust show ${path}\`.`,
      )
      continue
    }
    const read = readServers(tableOf(bytes), 'repository', env)
    problems.push(...read.problems.map((problem) => `${path}: ${problem}`))
    for (const server of read.servers) if (!servers.has(server.name)) servers.set(server.name, server)
  }
  return { servers: [...servers.values()], problems }
}
