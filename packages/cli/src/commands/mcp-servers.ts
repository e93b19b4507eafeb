import { findServers, pinnedToolsFolder, repositoryRoot, type FoundServer } from '@cairn/agent'
import { openTrust, trustFile } from '@cairn/guard'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { configPath, loadConfig } from '../config/config.ts'
import { stringOption } from '../parse-command-line.ts'
import { workspaceFolder } from '../run-session.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** Everything about servers that a session in this folder would see. */
export interface McpPlace {
  servers: FoundServer[]
  problems: string[]
  home: { path: string; dataDir: string }
  /** Real path. */
  repository: string
  /** Folder of `pinnedToolsFolder`. */
  pins: string
  /** The configuration of the person. */
  configFile: string
}

export async function findPlace({ io, values }: Invocation): Promise<McpPlace> {
  const workspace = workspaceFolder(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const repository = realpathSync(repositoryRoot(workspace))
  const { dataDir } = openSessions(io.env)
  const home = { path: io.env['HOME'] ?? homedir(), dataDir }
  const config = await loadConfig(io.env, home.path)
  const pins = pinnedToolsFolder(dataDir)
  const found = findServers({
    own: config.mcp,
    repository,
    workspace,
    trust: openTrust(trustFile(dataDir), repository),
    env: io.env,
    home,
    parseToml: (await import('smol-toml')).parse,
    pins,
  })
  return { ...found, home, repository, pins, configFile: configPath(io.env, home.path) }
}

/** The server that a name stands for: the one that counts, else the first. */
export function serverNamed(servers: readonly FoundServer[], name: string | undefined): FoundServer {
  if (name === undefined) throw new UsageError('the name of a server is missing', 'See `cairn mcp list`.')
  const found = servers.filter(({ listed }) => listed.name === name)
  const one = found.find(({ listed }) => listed.state === 'active') ?? found[0]
  if (one === undefined) throw new UsageError(`no MCP server is called ${name}`, 'See `cairn mcp list`.')
  return one
}
