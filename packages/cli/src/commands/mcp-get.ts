import { readPin, toolChanges, type FoundServer } from '@cairn/agent'
import { createRedactor, escapeForDisplay } from '@cairn/guard'
import { randomBytes } from 'node:crypto'
import type { Invocation } from '../command.ts'
import { findPlace, serverNamed } from './mcp-servers.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of a variable or a header: as it is written where that is a reference, else only that there is one. */
const shownValue = (value: unknown): string =>
  typeof value === 'string' && /^(?:\w+ )?\$\{\w+(?::-)?\}$/u.test(value) ? value : '(set, not shown)'

const SECRET_OPTION = /^(--?[\w-]*(?:token|secret|passw|key|auth|credential)[\w-]*)(=|$)/iu

/** Words of a command line without what looks like a secret. */
export function shownArgs(args: readonly string[]): string[] {
  const redactor = createRedactor({ registered: [], env: {}, salt: randomBytes(16) })
  return args.map((arg, at) => {
    const own = SECRET_OPTION.exec(arg)
    if (own?.[2] === '=') return arg.includes('${') ? arg : `${own[1]}=(not shown)`
    const before = SECRET_OPTION.exec(args[at - 1] ?? '')
    if (before?.[2] === '' && !arg.startsWith('-') && !arg.includes('${')) return '(not shown)'
    return redactor.redact(arg).text
  })
}

function shownUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null) return text
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?(not shown)'}`
}

/** What is written of a server, as lines without secrets. */
export function shownServer({ server, written }: FoundServer): string[] {
  const entry = isRecord(written) ? written : {}
  const pairs = (what: string, table: unknown) =>
    isRecord(table)
      ? Object.entries(table).map(([name, value]) => `${what} ${name} = ${shownValue(value)}`)
      : []
  const { run } = server
  if ('url' in run)
    return [`url ${shownUrl(String(entry['url'] ?? run.url))}`, ...pairs('header', entry['headers'])]
  const args = Array.isArray(entry['args']) ? entry['args'].map(String) : []
  return [
    `command ${String(entry['command'])}`,
    ...shownArgs(args).map((arg) => `  ${arg}`),
    ...pairs('env', entry['env']),
  ]
}

/** Shows one server: where it is named, what it runs, and what it says about its tools. */
export async function getServer(invocation: Invocation, name: string | undefined): Promise<number> {
  const { io, values } = invocation
  const { servers, pins } = await findPlace(invocation)
  const found = serverNamed(servers, name)
  const { listed } = found
  const pin = readPin(pins, found.key)
  const known = pin === null || pin === 'damaged' ? null : pin
  if (values['json'] === true) {
    io.stdout.write(
      `${JSON.stringify({ ...listed, shown: shownServer(found), tools: known?.tools ?? null, changed: known?.changed ?? null })}\n`,
    )
    return 0
  }
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  write(`${listed.name}, ${listed.state}, from ${listed.from}`)
  for (const line of shownServer(found)) write(line)
  if (known === null) {
    write('It was not used yet, so what it offers is not known.')
    return 0
  }
  write(`${known.tools.length} tools, as accepted:`)
  for (const tool of known.tools)
    write(`  ${tool.name}  ${tool.description.split('\n', 1)[0]?.slice(0, 100) ?? ''}`)
  if (known.changed !== null) {
    write(`It says something else now; accept it with: cairn mcp approve ${listed.name}`)
    for (const line of toolChanges(known.tools, known.changed)) write(line)
  }
  return 0
}
