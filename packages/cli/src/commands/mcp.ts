import { listServers, pinnedToolsFolder, repositoryRoot, type ListedServer } from '@cairn/agent'
import { escapeForDisplay, openTrust, trustFile } from '@cairn/guard'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { stringOption } from '../parse-command-line.ts'
import { workspaceFolder } from '../run-session.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

const TOOLS: Record<ListedServer['tools'], string> = {
  new: 'not used yet',
  remembered: 'its tools are remembered',
  changed: 'its tools have changed',
}

async function findServers({ io, values }: Invocation) {
  const workspace = workspaceFolder(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const repository = realpathSync(repositoryRoot(workspace))
  const { dataDir } = openSessions(io.env)
  const config = await loadConfig(io.env, io.env['HOME'] ?? homedir())
  const pins = pinnedToolsFolder(dataDir)
  const { servers, problems } = listServers({
    own: config.mcp,
    repository,
    workspace,
    trust: openTrust(trustFile(dataDir), repository),
    env: io.env,
    pins,
  })
  return { servers, problems, pins }
}

/** Lists the MCP servers that a session in this folder would use, and those that it would not. */
async function list(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const { servers, problems } = await findServers(invocation)
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  for (const problem of problems) io.stderr.write(`${escapeForDisplay(problem)}\n`)
  if (values['json'] === true)
    for (const { key: _key, ...each } of servers) io.stdout.write(`${JSON.stringify(each)}\n`)
  else if (servers.length === 0) write('There are no MCP servers; see docs/mcp.md.')
  else
    for (const { name, from, state, runs, tools } of servers)
      write(`${state.padEnd(9)} ${name.padEnd(20)} ${from.padEnd(16)} ${runs}  (${TOOLS[tools]})`)
  if (values['json'] !== true)
    for (const path of new Set(servers.filter(({ state }) => state === 'inactive').map(({ from }) => from)))
      write(`Nobody approved ${path} as it is: cairn trust show ${path}, then cairn trust approve ${path}`)
  return 0
}

async function approve(invocation: Invocation, name: string | undefined): Promise<number> {
  const { servers, pins } = await findServers(invocation)
  const found = servers.filter((each) => each.name === name)
  const server = found.find(({ state }) => state === 'active') ?? found[0]
  if (server === undefined)
    throw new UsageError(
      name === undefined ? 'cairn mcp approve needs the name of a server' : `no MCP server is called ${name}`,
      'See `cairn mcp list`.',
    )
  return (await import('./mcp-approve.ts')).approveTools(invocation, server, pins)
}

export async function run(invocation: Invocation): Promise<number> {
  const [verb = 'list', name] = invocation.positionals
  if (verb === 'list') return list(invocation)
  if (verb === 'approve') return approve(invocation, name)
  throw new UsageError(`cairn mcp has no ${JSON.stringify(verb)}`, 'It has list, approve.')
}
