import { secretValues } from '@cairn/guard'
import { readServers } from '@cairn/agent'
import type { Invocation } from '../command.ts'
import type { TomlValue } from '../config/edit-toml-table.ts'
import { numberOption, stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

const HELP = 'See `cairn mcp --help`.'
const REFERENCE = /\$\{(\w+)(?::-[^}]*)?\}/gu

const texts = (value: Invocation['values'][string]): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** Header names whose values are not secrets. */
const PLAIN_HEADER = /^(?:accept|accept-language|user-agent|x-api-version|x-region|x-workspace|x-toolsets)$/iu

function refuse(what: string, example: string): never {
  throw new UsageError(
    `${what} would stand in the configuration in plain text`,
    `Put it into a variable of your environment and name that: ${example}`,
  )
}

function envOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=')
      const name = at < 0 ? pair : pair.slice(0, at)
      const value = at < 0 ? `\${${name}}` : pair.slice(at + 1)
      if (!/^[A-Za-z_]\w*$/u.test(name))
        throw new UsageError(`--env takes NAME=VALUE or NAME, not ${JSON.stringify(name)}`, HELP)
      if (!value.includes('${') && secretValues({ [name]: value }).length > 0)
        refuse(`the value of ${name}`, `--env ${name} (or --env '${name}=\${OTHER_NAME}')`)
      return [name, value]
    }),
  )
}

function headersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((line) => {
      const at = line.indexOf(':')
      const name = line.slice(0, Math.max(at, 0)).trim()
      const value = line.slice(at + 1).trim()
      if (at < 0 || !/^[\w!#$%&'*+.^`|~-]+$/u.test(name))
        throw new UsageError("--header takes 'NAME: VALUE'", HELP)
      if (!value.includes('${') && !PLAIN_HEADER.test(name))
        refuse(
          `the value of ${name}`,
          `--header '${name}: ${/^auth/iu.test(name) ? 'Bearer ' : ''}\${MY_TOKEN}'`,
        )
      return [name, value]
    }),
  )
}

/** The entry that a command line describes, checked as a session would. `missing`: variables that it names and that are not set. */
export function entryOf(
  { values, io }: Pick<Invocation, 'values' | 'io'>,
  name: string,
  command: readonly string[],
): { entry: Record<string, TomlValue>; missing: string[] } {
  const url = stringOption(values, 'url')
  const [program, ...args] = command
  if ((url === null) === (program === undefined))
    throw new UsageError('cairn mcp add needs either -- COMMAND ARGS… or --url URL', HELP)
  const env = envOf(texts(values['env']))
  const headers = headersOf(texts(values['header']))
  if (url !== null && Object.keys(env).length > 0)
    throw new UsageError('--env is for a server with a command', 'A server with a URL takes --header.')
  if (url === null && Object.keys(headers).length > 0)
    throw new UsageError('--header is for a server with a URL', 'A server with a command takes --env.')
  const seconds = { integer: false, least: 0.1 }
  const timeout = numberOption(values, 'timeout', seconds)
  const startup = numberOption(values, 'startup-timeout', seconds)
  const entry: Record<string, TomlValue> = {
    ...(program === undefined ? {} : { command: program }),
    ...(args.length === 0 ? {} : { args }),
    ...(url === null ? {} : { url }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(timeout === null ? {} : { timeout }),
    ...(startup === null ? {} : { startup_timeout: startup }),
  }
  const named = [...JSON.stringify(entry).matchAll(REFERENCE)].flatMap(([all, variable]) =>
    variable === undefined || all.includes(':-') ? [] : [variable],
  )
  const missing = [...new Set(named)].filter((variable) => io.env[variable] === undefined)
  const stand = Object.fromEntries(missing.map((variable) => [variable, 'x']))
  const { problems } = readServers({ [name]: entry }, 'user', { ...io.env, ...stand })
  if (problems[0] !== undefined) throw new UsageError(problems[0].replace(/\.$/u, ''), HELP)
  return { entry, missing }
}
