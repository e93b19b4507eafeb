import type { ListedServer } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { UsageError } from '../usage-error.ts'
import { findPlace } from './mcp-servers.ts'

const TOOLS: Record<ListedServer['tools'], string> = {
  new: 'not used yet',
  remembered: 'its tools are remembered',
  changed: 'its tools have changed: cairn mcp approve',
}

/** Lists the MCP servers that a session in this folder would use, and those that it would not. */
async function list(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const { servers, problems } = await findPlace(invocation)
  const listed = servers.map((each) => each.listed)
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  for (const problem of problems) io.stderr.write(`${escapeForDisplay(problem)}\n`)
  if (values['json'] === true) {
    for (const each of listed) io.stdout.write(`${JSON.stringify(each)}\n`)
    return 0
  }
  if (listed.length === 0) write('There are no MCP servers; see docs/mcp.md.')
  for (const { name, from, state, runs, tools } of listed)
    write(`${state.padEnd(9)} ${name.padEnd(20)} ${from.padEnd(16)} ${runs}  (${TOOLS[tools]})`)
  const waiting = servers.filter((each) => each.listed.state === 'inactive')
  const files = waiting.filter(({ entry }) => entry === null).map((each) => each.listed.from)
  for (const path of new Set(files))
    write(`Nobody approved ${path} as it is: cairn trust show ${path}, then cairn trust approve ${path}`)
  const alone = waiting.filter(({ entry }) => entry !== null).map((each) => each.listed.name)
  if (alone.length > 0)
    write(
      `Of another agent, and not approved: cairn mcp get NAME, then cairn mcp approve NAME (${alone.join(', ')})`,
    )
  return 0
}

const VERBS: Record<string, (invocation: Invocation, words: readonly string[]) => Promise<number>> = {
  list,
  get: async (invocation, [name]) => (await import('./mcp-get.ts')).getServer(invocation, name),
  approve: async (invocation, [name]) => (await import('./mcp-approve.ts')).approveServer(invocation, name),
  login: async (invocation, [name]) => (await import('./mcp-login.ts')).login(invocation, name),
  logout: async (invocation, [name]) => (await import('./mcp-login.ts')).logout(invocation, name),
  add: async (invocation, words) => (await import('./mcp-add.ts')).addServer(invocation, words),
  remove: async (invocation, [name]) => (await import('./mcp-remove.ts')).removeServer(invocation, name),
  serve: async (invocation) => (await import('./mcp-serve.ts')).serve(invocation),
}

export async function run(invocation: Invocation): Promise<number> {
  const [verb = 'list', ...words] = invocation.positionals
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (known === undefined)
    throw new UsageError(
      `cairn mcp has no ${JSON.stringify(verb)}`,
      `It has ${Object.keys(VERBS).join(', ')}.`,
    )
  if (verb !== 'add' && words.length > 1)
    throw new UsageError(
      `too many words for \`cairn mcp ${verb}\`: ${words.slice(1).join(' ')}`,
      'See `cairn mcp --help`.',
    )
  return known(invocation, words)
}
