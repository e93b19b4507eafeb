import { listServers, pinnedToolsFile, repositoryRoot } from '@cairn/agent'
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

/** Lists the MCP servers that a session in this folder would use, and those that it would not. */
async function list({ io, values }: Invocation): Promise<number> {
  const workspace = workspaceFolder(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const repository = realpathSync(repositoryRoot(workspace))
  const { dataDir } = openSessions(io.env)
  const config = await loadConfig(io.env, io.env['HOME'] ?? homedir())
  const { servers, problems } = listServers({
    own: config.mcp,
    repository,
    workspace,
    trust: openTrust(trustFile(dataDir), repository),
    env: io.env,
    pinsFile: pinnedToolsFile(dataDir),
  })
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  for (const problem of problems) io.stderr.write(`${escapeForDisplay(problem)}\n`)
  if (values['json'] === true) for (const each of servers) io.stdout.write(`${JSON.stringify(each)}\n`)
  else if (servers.length === 0) write('There are no MCP servers; see docs/mcp.md.')
  else
    for (const { name, from, state, runs, pinned } of servers)
      write(
        `${state.padEnd(9)} ${name.padEnd(20)} ${from.padEnd(16)} ${runs}  (${pinned ? 'its tools are remembered' : 'not used yet'})`,
      )
  if (values['json'] !== true)
    for (const path of new Set(servers.filter(({ state }) => state === 'inactive').map(({ from }) => from)))
      write(`Nobody approved ${path} as it is: cairn trust show ${path}, then cairn trust approve ${path}`)
  return 0
}

export async function run(invocation: Invocation): Promise<number> {
  const [verb = 'list'] = invocation.positionals
  if (verb === 'list') return list(invocation)
  throw new UsageError(`cairn mcp has no ${JSON.stringify(verb)}`, 'It has list.')
}
