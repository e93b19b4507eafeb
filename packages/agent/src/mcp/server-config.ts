import { secretValues } from '@cairn/guard'
import type { OAuthSettings } from './oauth/log-in.ts'

/** One MCP server as a person, or a repository that they trust, names it. */
export interface McpServer {
  /** Letters, digits, `-` and `_`; no two `_` in a row and none at the end, so that the names of tools can be taken apart. */
  name: string
  source: 'user' | 'repository'
  run:
    | { command: string; args: string[]; env: Record<string, string> }
    | { url: string; headers: Record<string, string>; oauth?: OAuthSettings }
  /** Milliseconds for one call. */
  timeoutMs: number
  /** Milliseconds that it has to start and to say what it offers. */
  startMs: number
  /** Whether a tool of this name, its own, is offered. Default: all are. */
  offers?: (tool: string) => boolean
}

export interface ReadServers {
  servers: McpServer[]
  /** What was left out, and why, for a person. */
  problems: string[]
}

const NAME = /^(?!.*__)(?!.*_$)[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u
const MOST_SERVERS = 32
const CALL_MS = 60_000
const MOST_CALL_MS = 3_600_000
const START_MS = 15_000
const MOST_START_MS = 600_000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `${NAME}` and `${NAME:-default}`, as in the files of other agents. Null names a variable that is not set. */
function expand(text: string, env: NodeJS.ProcessEnv): { text: string } | { missing: string } {
  let missing: string | null = null
  const out = text.replaceAll(
    /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/gu,
    (_all, name: string, fallback?: string) => {
      const value = env[name] ?? fallback
      if (value === undefined) missing ??= name
      return value ?? ''
    },
  )
  return missing === null ? { text: out } : { missing }
}

function strings(value: unknown): Record<string, string> | null {
  if (value === undefined) return {}
  if (!isRecord(value)) return null
  const entries = Object.entries(value)
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null
}

function readOAuth(table: unknown): OAuthSettings | undefined | string {
  if (table === undefined) return undefined
  if (!isRecord(table)) return '"oauth" is not a table'
  const { client_id, client_secret, scope, callback_port: port } = table
  const texts = strings({
    ...(client_id === undefined ? {} : { clientId: client_id }),
    ...(client_secret === undefined ? {} : { clientSecret: client_secret }),
    ...(scope === undefined ? {} : { scope }),
  })
  if (texts === null) return 'in "oauth", client_id, client_secret and scope are texts'
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536
  if (port !== undefined && !isPort) return 'in "oauth", callback_port is no port'
  return { ...texts, ...(isPort ? { port } : {}) }
}

function readRun(entry: Record<string, unknown>): McpServer['run'] | string {
  const { command, args, url, type } = entry
  if (type !== undefined && !['stdio', 'http', 'streamable-http'].includes(String(type)))
    return `its transport ${JSON.stringify(type)} is not supported; use stdio or http`
  if (typeof command === 'string' && command !== '' && url === undefined) {
    const env = strings(entry['env'])
    if (env === null) return '"env" is not a table of texts'
    const list: unknown = args ?? []
    if (!isTexts(list)) return '"args" is not a list of texts'
    return { command, args: list, env }
  }
  if (typeof url !== 'string' || command !== undefined) return 'it needs either "command" or "url"'
  const headers = strings(entry['headers'])
  if (headers === null) return '"headers" is not a table of texts'
  const oauth = readOAuth(entry['oauth'])
  if (typeof oauth === 'string') return oauth
  return { url, headers, ...(oauth === undefined ? {} : { oauth }) }
}

const oauthOf = (
  { clientSecret, ...rest }: OAuthSettings,
  expanded: (text: string) => string,
): OAuthSettings => ({
  ...rest,
  ...(clientSecret === undefined ? {} : { clientSecret: expanded(clientSecret) }),
})

const expandAll = (run: McpServer['run'], env: NodeJS.ProcessEnv): McpServer['run'] | string => {
  let missing: string | null = null
  const one = (text: string) => {
    const found = expand(text, env)
    if ('text' in found) return found.text
    missing ??= found.missing
    return ''
  }
  const table = (from: Record<string, string>) =>
    Object.fromEntries(Object.entries(from).map(([key, text]) => [key, one(text)]))
  const out =
    'command' in run
      ? { command: one(run.command), args: run.args.map(one), env: table(run.env) }
      : {
          url: one(run.url),
          headers: table(run.headers),
          ...(run.oauth === undefined ? {} : { oauth: oauthOf(run.oauth, one) }),
        }
  return missing === null ? out : `the variable ${missing} is not set`
}

/** Values that servers are given and that must never be seen: headers, and variables whose names look secret. */
export const serverSecrets = (servers: readonly McpServer[]): string[] =>
  servers.flatMap(({ run }) =>
    'command' in run
      ? secretValues(run.env)
      : [
          ...Object.values(run.headers).flatMap((value) => [value, value.replace(/^\S+ /u, '')]),
          ...(run.oauth?.clientSecret === undefined ? [] : [run.oauth.clientSecret]),
        ],
  )

/** Hosts that the person's own configuration names as MCP servers. */
export const ownHosts = (servers: readonly McpServer[]): ReadonlySet<string> =>
  new Set(
    servers.flatMap(({ source, run }) =>
      source === 'user' && 'url' in run ? [new URL(run.url).hostname.toLowerCase()] : [],
    ),
  )

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

function offered({
  enabled_tools: only,
  disabled_tools: without = [],
}: Record<string, unknown>): ((tool: string) => boolean) | null {
  if ((only !== undefined && !isTexts(only)) || !isTexts(without)) return null
  return (tool) => (only === undefined || only.includes(tool)) && !without.includes(tool)
}

function milliseconds(seconds: unknown, fallback: number, most: number): number | null {
  if (seconds === undefined) return fallback
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds * 1_000, most) : null
}

/** What people are shown of what is run: the program, or the origin of the address. Arguments and headers may hold keys. */
export const runsOf = ({ run }: Pick<McpServer, 'run'>): string =>
  'command' in run ? run.command : new URL(run.url).origin

function checkUrl(text: string): string | null {
  const url = URL.parse(text)
  if (url === null) return `${JSON.stringify(text)} is no URL`
  if (url.username !== '' || url.password !== '') return 'its URL has a password in it; use a header'
  const local = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return null
  return 'its URL is neither https nor on this machine'
}

/** Reads a table of servers, `mcpServers` of a file or `mcp` of the configuration. What is wrong is left out, and said. */
export function readServers(
  table: unknown,
  source: McpServer['source'],
  env: NodeJS.ProcessEnv,
): ReadServers {
  const problems: string[] = []
  if (!isRecord(table)) return { servers: [], problems: ['the MCP servers are not a table'] }
  const servers = Object.entries(table)
    .slice(0, MOST_SERVERS)
    .flatMap(([name, entry]): McpServer[] => {
      const no = (why: string): McpServer[] => {
        problems.push(`MCP server ${JSON.stringify(name)} is left out: ${why}.`)
        return []
      }
      if (!NAME.test(name))
        return no('its name may have letters, digits, - and single _ in between, at most 32')
      if (!isRecord(entry)) return no('it is not a table')
      if (entry['disabled'] === true) return []
      const run = readRun(entry)
      if (typeof run === 'string') return no(run)
      const expanded = expandAll(run, env)
      if (typeof expanded === 'string') return no(expanded)
      const wrong = 'url' in expanded ? checkUrl(expanded.url) : null
      if (wrong !== null) return no(wrong)
      const timeoutMs = milliseconds(entry['timeout'], CALL_MS, MOST_CALL_MS)
      const startMs = milliseconds(entry['startup_timeout'], START_MS, MOST_START_MS)
      if (timeoutMs === null) return no('"timeout" is not a number of seconds')
      if (startMs === null) return no('"startup_timeout" is not a number of seconds')
      if (entry['cwd'] !== undefined) return no('"cwd" is not supported: servers run in the workspace')
      const offers = offered(entry)
      if (offers === null) return no('"enabled_tools" or "disabled_tools" is not a list of texts')
      return [{ name, source, run: expanded, timeoutMs, startMs, offers }]
    })
  const more = Object.keys(table).length - MOST_SERVERS
  if (more > 0) problems.push(`${more} MCP servers are left out: at most ${MOST_SERVERS} are used.`)
  return { servers, problems }
}
