const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string'

/** The variables that an entry lists to be handed on, of those that are set. */
function handedOn(names: unknown, env: NodeJS.ProcessEnv): Record<string, string> {
  const list = Array.isArray(names) ? names : []
  return Object.fromEntries(
    list.flatMap((each: unknown) => {
      const name = isRecord(each) ? each['name'] : each
      return isText(name) && env[name] !== undefined ? [[name, `\${${name}}`]] : []
    }),
  )
}

/** One entry of `[mcp_servers.NAME]` as Codex reads it, in the words of `mcpServers`. */
function codexServer(entry: unknown, env: NodeJS.ProcessEnv): unknown {
  if (!isRecord(entry)) return entry
  const { command, args, url, enabled, cwd, tool_timeout_sec, enabled_tools, disabled_tools } = entry
  const { startup_timeout_sec, startup_timeout_ms, bearer_token_env_var, env_http_headers } = entry
  const given = isRecord(entry['env']) ? entry['env'] : {}
  const named = isRecord(entry['http_headers']) ? entry['http_headers'] : {}
  const fromEnv = Object.entries(isRecord(env_http_headers) ? env_http_headers : {}).flatMap(
    ([header, name]): [string, string][] =>
      isText(name) && env[name] !== undefined ? [[header, `\${${name}}`]] : [],
  )
  const bearer = isText(bearer_token_env_var) ? { Authorization: `Bearer \${${bearer_token_env_var}}` } : {}
  const headers = { ...named, ...Object.fromEntries(fromEnv), ...bearer }
  const startup =
    startup_timeout_sec ?? (typeof startup_timeout_ms === 'number' ? startup_timeout_ms / 1_000 : undefined)
  return {
    ...(command === undefined
      ? {}
      : { command, args, env: { ...handedOn(entry['env_vars'], env), ...given } }),
    ...(url === undefined ? {} : { url, headers }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(enabled === false ? { disabled: true } : {}),
    ...(tool_timeout_sec === undefined ? {} : { timeout: tool_timeout_sec }),
    ...(startup === undefined ? {} : { startup_timeout: startup }),
    ...(enabled_tools === undefined ? {} : { enabled_tools }),
    ...(disabled_tools === undefined ? {} : { disabled_tools }),
  }
}

/** The table `mcp_servers` of a `config.toml` of Codex; null where it has none. */
export function codexServers(config: unknown, env: NodeJS.ProcessEnv): Record<string, unknown> | null {
  const table = isRecord(config) ? config['mcp_servers'] : undefined
  if (!isRecord(table)) return null
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, codexServer(entry, env)]))
}
