import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came: its JSON-RPC message, or null where the body is none (GET, DELETE). */
export interface PeerRequest {
  method: string
  headers: IncomingMessage['headers']
  url: string
  id: number | null
  rpc: string
  params: Record<string, unknown>
  /** The body as it came. */
  text: string
}

/** An MCP server over HTTP on the loopback interface, without an SDK, so that it can break every rule. */
export interface HttpPeer extends AsyncDisposable {
  readonly url: string
  readonly seen: PeerRequest[]
}

/** What it was called with, or a header of the call, without the word before its value. */
function echoed(args: unknown, headers: IncomingMessage['headers']): string {
  const name = typeof args === 'object' && args !== null && 'header' in args ? String(args.header) : null
  if (name === null) return JSON.stringify(args)
  return String(headers[name]).replace(/^\S+ /u, '')
}

/** `misbehave` answers what it likes and says so by `true`; all else is answered as it should be. */
export async function httpPeer(
  misbehave: (request: PeerRequest, response: ServerResponse) => boolean | Promise<boolean>,
): Promise<HttpPeer> {
  const seen: PeerRequest[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const isRpc = text.startsWith('{')
    const { id = null, method: rpc = '', params = {} } = isRpc ? JSON.parse(text) : {}
    const { method = '', headers, url = '' } = incoming
    const request: PeerRequest = { method, headers, url, id, rpc, params, text }
    seen.push(request)
    if (await misbehave(request, response)) return
    const say = (result: unknown) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's1' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    if (method !== 'POST') response.writeHead(405).end()
    else if (rpc === 'initialize')
      say({
        protocolVersion: params['protocolVersion'],
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'h', version: '1' },
      })
    else if (rpc === 'tools/list')
      say({ tools: [{ name: 'echo', description: 'Echoes.', inputSchema: { type: 'object' } }] })
    else if (rpc === 'tools/call')
      say({ content: [{ type: 'text', text: echoed(params['arguments'], headers) }] })
    else response.writeHead(202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
