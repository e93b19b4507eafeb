import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearest } from '../nearest.ts'
import { ConfigError } from './config-error.ts'

/** Settings of a person, all optional. `config.schema.json` describes the same for editors. */
export interface Config {
  model?: string
  base_url?: string
  wire?: string
  context_window?: number
  /** Ask the provider for its own compaction as well (docs/context.md). */
  provider_compaction?: boolean
  max_steps?: number
  max_cost?: number
  max_tokens?: number
  timeout?: number
  /** Where signed checkpoints of the journal are sent at the end of a run: URLs parted by blanks (docs/audit-trail.md). */
  anchors?: string
  /** Whether the model may start sub-agents; default true (docs/sub-agents.md). */
  sub_agents?: boolean
  /** Whether `cairn commit` runs the hooks of git; where it is not set, it asks for one of the options (docs/commit.md). */
  commit_hooks?: boolean
  /** MCP servers by name (docs/mcp.md); checked where they are started. */
  mcp?: Record<string, unknown>
}

const KINDS: Record<keyof Config, 'string' | 'number' | 'boolean' | 'object'> = {
  model: 'string',
  base_url: 'string',
  wire: 'string',
  context_window: 'number',
  provider_compaction: 'boolean',
  max_steps: 'number',
  max_cost: 'number',
  max_tokens: 'number',
  timeout: 'number',
  anchors: 'string',
  sub_agents: 'boolean',
  commit_hooks: 'boolean',
  mcp: 'object',
}

/** Where the configuration is looked for: CAIRN_CONFIG, else the platform's folder. */
export function configPath(env: NodeJS.ProcessEnv, home: string): string {
  return env['CAIRN_CONFIG'] ?? join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'cairn', 'config.toml')
}

function fromEnvironment(env: NodeJS.ProcessEnv): Config {
  const config: Record<string, string | number | boolean> = {}
  for (const [key, kind] of Object.entries(KINDS)) {
    const name = `CAIRN_${key.toUpperCase()}`
    const text = env[name]
    if (text === undefined || text === '' || kind === 'object') continue
    const value = kind === 'number' ? Number(text) : kind === 'boolean' ? booleanOf(name, text) : text
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new ConfigError(
        `${name} is ${JSON.stringify(text)}, which is no number`,
        `Set it to a number, or unset it.`,
      )
    config[key] = value
  }
  return config
}

function booleanOf(name: string, text: string): boolean {
  if (text === '1' || text === 'true') return true
  if (text === '0' || text === 'false') return false
  throw new ConfigError(`${name} is ${JSON.stringify(text)}`, 'Set it to true or false, or unset it.')
}

/** Reads the file and the CAIRN_… variables over it. A file that is absent is fine; one with a mistake is not. */
export async function loadConfig(env: NodeJS.ProcessEnv, home: string): Promise<Config> {
  const path = configPath(env, home)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      error.code === 'ENOENT' &&
      env['CAIRN_CONFIG'] === undefined
    )
      return fromEnvironment(env)
    throw new ConfigError(
      `the configuration ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check CAIRN_CONFIG and the rights of the file.',
      { cause: error },
    )
  }
  const { parse } = await import('smol-toml')
  let parsed: Record<string, unknown>
  try {
    parsed = parse(text)
  } catch (error) {
    throw new ConfigError(
      `${path} is not valid TOML: ${error instanceof Error ? error.message : String(error)}`,
      'Mend the line, or move the file away.',
      { cause: error },
    )
  }
  for (const [key, value] of Object.entries(parsed)) {
    if (!Object.hasOwn(KINDS, key)) {
      const meant = nearest(key, Object.keys(KINDS))
      throw new ConfigError(
        `${path}: unknown setting ${JSON.stringify(key)}`,
        meant === null ? `Known: ${Object.keys(KINDS).join(', ')}.` : `Did you mean ${meant}?`,
      )
    }
    const kind = KINDS[key as keyof Config]
    if (typeof value !== kind)
      throw new ConfigError(`${path}: ${key} is a ${kind}, not ${JSON.stringify(value)}`, 'Mend the line.')
  }
  return { ...parsed, ...fromEnvironment(env) }
}
