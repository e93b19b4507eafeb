import type { McpServer } from '@agentclientprotocol/sdk'

const table = (list: readonly { name: string; value: string }[]) =>
  Object.fromEntries(list.map(({ name, value }) => [name, value]))

/** A dollar of a client is a dollar: it has put the values of variables in already. */
const literal = (text: string) => text.replaceAll('${', '${__cairn_none__:-$}{')

function entry(server: McpServer): Record<string, unknown> {
  if ('command' in server)
    return {
      command: literal(server.command),
      args: server.args.map(literal),
      env: table(server.env.map(({ name, value }) => ({ name, value: literal(value) }))),
    }
  const headers = table(server.headers.map(({ name, value }) => ({ name, value: literal(value) })))
  return { type: server.type, url: literal(server.url), headers }
}

/** Servers that a client names, beside those of the person's configuration, which stand where two have one name. */
export function withClientServers(own: unknown, servers: readonly McpServer[]): unknown {
  if (servers.length === 0) return own
  const named = Object.fromEntries(
    servers.map((server) => [server.name.replace(/[^A-Za-z0-9-]+/gu, '-'), entry(server)]),
  )
  return { ...named, ...(typeof own === 'object' && own !== null ? own : {}) }
}
