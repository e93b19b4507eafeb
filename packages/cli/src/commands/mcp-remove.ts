import { escapeForDisplay, openTrust, readShipped, trustFile } from '@cairn/guard'
import { join } from 'node:path'
import { localIdentity } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { removeTomlTable } from '../config/edit-toml-table.ts'
import { replaceFile, textOf } from '../config/replace-file.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'
import { readServerFile, REPOSITORY_FILE, writeServerFile } from './mcp-file.ts'
import { findPlace, type McpPlace } from './mcp-servers.ts'

async function removeForUser({ configFile }: McpPlace, name: string): Promise<string> {
  const { parse } = await import('smol-toml')
  const after = removeTomlTable(textOf(configFile) ?? '', 'mcp', name, parse)
  if (after === null)
    throw new UsageError(
      `${configFile} does not write ${name} as a table [mcp.${name}], so it is not taken out`,
      'Take it out by hand.',
    )
  replaceFile(configFile, after)
  return configFile
}

function removeForProject({ repository, home }: McpPlace, path: string, name: string): string {
  const trust = openTrust(trustFile(home.dataDir), repository)
  const before = readShipped(repository, path)
  const file = join(repository, path)
  const { parsed, servers, indent } = readServerFile(file)
  const { [name]: _removed, ...others } = servers
  replaceFile(file, writeServerFile({ ...parsed, mcpServers: others }, indent))
  const bytes = readShipped(repository, path)
  // Less of what was trusted is trusted.
  if (before !== null && bytes !== null && trust.isTrusted('mcp', path, before))
    trust.approve('mcp', path, bytes, localIdentity(), Date.now())
  return file
}

/** Takes a server out of the file that names it. */
export async function removeServer(invocation: Invocation, name: string | undefined): Promise<number> {
  if (name === undefined) throw new UsageError('cairn mcp remove needs a name', 'See `cairn mcp list`.')
  const place = await findPlace(invocation)
  const scope = stringOption(invocation.values, 'scope')
  const files = { user: ['config.toml'], project: [REPOSITORY_FILE, '.cairn/mcp.json'] }
  const wanted = scope === 'user' || scope === 'project' ? files[scope] : [...files.user, ...files.project]
  const found = place.servers.filter(({ listed }) => listed.name === name)
  const here = found.filter(({ listed }) => wanted.includes(listed.from))
  const [one, other] = here
  if (one === undefined)
    throw new UsageError(
      found[0] === undefined
        ? `no MCP server is called ${name}`
        : `${name} stands in ${found[0].listed.from}, which is not changed`,
      found[0] === undefined ? 'See `cairn mcp list`.' : 'Take it out there.',
    )
  if (other !== undefined && scope === null)
    throw new UsageError(
      `${name} stands in ${one.listed.from} and in ${other.listed.from}`,
      'Say which: --scope user or --scope project.',
    )
  const { from } = one.listed
  const file = from === 'config.toml' ? await removeForUser(place, name) : removeForProject(place, from, name)
  invocation.io.stdout.write(`${escapeForDisplay(`${name} was taken out of ${file}.`)}\n`)
  return 0
}
