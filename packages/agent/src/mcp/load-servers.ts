import { readServers, type McpServer, type ReadServers } from './server-config.ts'
import { serverSources, type ServerPlaces } from './server-sources.ts'

/**
 * The servers of a session: those of the person, those of a repository while the very bytes of the file are trusted, and those that
 * other agents were given while their entry is. Where two have one name, the first in this order stands.
 */
export function loadServers(places: ServerPlaces): ReadServers {
  const servers = new Map<string, McpServer>()
  const problems: string[] = []
  for (const { from, table, source, isActive, entry } of serverSources(places)) {
    if (source === 'repository' && !isActive('')) {
      problems.push(
        `The MCP servers of ${from} are not active: nobody approved the file as it is. See \`cairn trust show ${from}\`.`,
      )
      continue
    }
    const read = readServers(table, source, places.env)
    for (const server of read.servers)
      if (!servers.has(server.name) && isActive(server.name)) servers.set(server.name, server)
    // What another agent makes of its own files is not cairn's to complain about.
    if (entry === undefined)
      problems.push(...read.problems.map((problem) => (source === 'user' ? problem : `${from}: ${problem}`)))
  }
  return { servers: [...servers.values()], problems }
}
