import { escapeForDisplay, openTrust, readShipped, trustFile } from '@cairn/guard'
import { join } from 'node:path'
import { localIdentity } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { addTomlTable } from '../config/edit-toml-table.ts'
import { replaceFile, textOf } from '../config/replace-file.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'
import { entryOf } from './mcp-entry.ts'
import { readServerFile, REPOSITORY_FILE, writeServerFile } from './mcp-file.ts'
import { findPlace, type McpPlace } from './mcp-servers.ts'

type Entry = ReturnType<typeof entryOf>['entry']

async function addForUser({ configFile }: McpPlace, name: string, entry: Entry): Promise<string> {
  const { parse } = await import('smol-toml')
  const before = textOf(configFile) ?? ''
  const after = addTomlTable(before, 'mcp', name, entry, parse)
  if (after === null)
    throw new UsageError(
      `${configFile} writes its servers in a way that a line at its end cannot add to`,
      `Write [mcp.${name}] into it by hand; see docs/mcp.md.`,
    )
  replaceFile(configFile, after)
  return configFile
}

/** Whoever adds to a file that counts, or begins one, has seen all of it: it goes on counting. */
function addForProject(
  { repository, home }: McpPlace,
  name: string,
  entry: Entry,
): { file: string; counts: boolean } {
  const trust = openTrust(trustFile(home.dataDir), repository)
  const before = readShipped(repository, REPOSITORY_FILE)
  const counted = before === null || trust.isTrusted('mcp', REPOSITORY_FILE, before)
  const file = join(repository, REPOSITORY_FILE)
  const { parsed, servers, indent } = readServerFile(file)
  const after = writeServerFile({ ...parsed, mcpServers: { ...servers, [name]: entry } }, indent)
  replaceFile(file, after)
  const bytes = readShipped(repository, REPOSITORY_FILE)
  const counts = counted && bytes !== null && bytes.toString('utf8') === after
  if (counts) trust.approve('mcp', REPOSITORY_FILE, bytes, localIdentity(), Date.now())
  return { file, counts }
}

/** Writes a server into the configuration of the person, or into the file of the repository. */
export async function addServer(invocation: Invocation, words: readonly string[]): Promise<number> {
  const { io, values } = invocation
  const [name, ...command] = words
  if (name === undefined) throw new UsageError('cairn mcp add needs a name', 'See `cairn mcp --help`.')
  const scope = stringOption(values, 'scope') ?? 'user'
  if (scope !== 'user' && scope !== 'project')
    throw new UsageError(`--scope is user or project, not ${JSON.stringify(scope)}`)
  const { entry, missing } = entryOf(invocation, name, command)
  const place = await findPlace(invocation)
  const from = scope === 'user' ? 'config.toml' : REPOSITORY_FILE
  if (place.servers.some(({ listed }) => listed.name === name && listed.from === from))
    throw new UsageError(
      `${from} has a server ${name} already`,
      `Take it out first: cairn mcp remove ${name} --scope ${scope}`,
    )
  const added =
    scope === 'user'
      ? { file: await addForUser(place, name, entry), counts: true }
      : addForProject(place, name, entry)
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  write(`${name} was added to ${added.file}.`)
  if (!added.counts)
    write(
      `The file does not count yet: cairn trust show ${REPOSITORY_FILE}, then cairn trust approve ${REPOSITORY_FILE}`,
    )
  const others = place.servers.filter(({ listed }) => listed.name === name && listed.state === 'active')
  if (others.length > 0 && scope === 'project')
    write(`It is not used: ${others[0]?.listed.from} has a server of this name, which comes first.`)
  if (missing.length > 0) write(`Not set in this environment, and needed by it: ${missing.join(', ')}`)
  return 0
}
