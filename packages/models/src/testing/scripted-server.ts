import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Wire } from '../codec/codec.ts'
import { chatStream } from './chat-stream.ts'
import { geminiStream } from './gemini-stream.ts'
import { messagesStream } from './messages-stream.ts'
import { planAnswer, type PlannedAnswer, type Reply, type ScriptedRequest } from './reply.ts'
import { responsesStream } from './responses-stream.ts'

export { collect, type Collected } from './collect.ts'
export type { Reply, ScriptedAnswer, ScriptedCall, ScriptedFault, ScriptedRequest } from './reply.ts'

/** A request as the server saw it. */
export interface LoggedRequest extends ScriptedRequest {
  /** The body as it was sent. */
  text: string
  /** `performance.now()` when the body was complete. */
  at: number
  /** Whether the client closed the connection before the answer was complete. */
  abandoned: boolean
}

/** A running server; `await using` closes it. */
export interface ScriptedServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  origin: string
  /** The base URL that `createModel` wants for a wire: with `/v1`, or `/v1beta` for Gemini. */
  baseUrl(wire?: Wire): string
  /** All model requests so far, oldest first. */
  requests: readonly LoggedRequest[]
  /** How many TCP connections were opened. */
  readonly connections: number
  /** Resolves when the n-th request (from 1) has been abandoned by its client. */
  abandoned(n: number): Promise<void>
  close(): Promise<void>
}

/** Decides on the answer to a request: a function, or a list whose last reply is repeated. */
export type Script = ((request: ScriptedRequest) => Reply | Promise<Reply>) | readonly [Reply, ...Reply[]]

const STREAMS: { readonly [wire in Wire]: (plan: PlannedAnswer) => string[] } = {
  chat: chatStream,
  gemini: geminiStream,
  messages: messagesStream,
  responses: responsesStream,
}

/**
 * Starts an HTTP server on 127.0.0.1 that speaks the streams of OpenAI Responses, Chat Completions, Anthropic Messages
 * and Gemini, and answers as the script says. `GET …/models` lists `models` (default `scripted`).
 *
 * @example
 * await using server = await scriptedServer([{ calls: [{ tool: 'exec', args: '{"cmd":"ls"}' }] }, { text: 'done' }])
 * const ref = { provider: 'openai-compatible', id: 'any', baseUrl: server.baseUrl() }
 */
export async function scriptedServer(
  script: Script,
  models: readonly string[] = ['scripted'],
): Promise<ScriptedServer> {
  const requests: LoggedRequest[] = []
  const waiting = new Map<number, () => void>()
  const decide =
    typeof script === 'function'
      ? script
      : ({ index }: ScriptedRequest) => script[Math.min(index, script.length - 1)] ?? script[0]
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy())
  })

  let connections = 0
  server.on('connection', () => connections++)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const text = await readBody(request)
    const wire = wireOf(path)
    if (!wire) return sendList(path, response, models)
    const index = requests.length
    const body: ScriptedRequest['body'] = JSON.parse(text)
    const logged = {
      wire,
      index,
      body,
      headers: request.headers,
      path,
      text,
      at: performance.now(),
      abandoned: false,
    }
    requests.push(logged)
    response.on('close', () => {
      if (response.writableFinished) return
      logged.abandoned = true
      waiting.get(index)?.()
    })
    play(await decide(logged), logged, response)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${portOf(server)}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    origin,
    baseUrl: (wire = 'chat') => `${origin}/${wire === 'gemini' ? 'v1beta' : 'v1'}`,
    requests,
    get connections() {
      return connections
    },
    abandoned: (n) =>
      new Promise((resolve) => {
        if (requests[n - 1]?.abandoned) resolve()
        else waiting.set(n - 1, resolve)
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function play(reply: Reply, request: ScriptedRequest, response: ServerResponse): void {
  if ('drop' in reply) {
    response.destroy()
    return
  }
  if ('status' in reply) {
    const body =
      typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? plainError(reply.status))
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(body)
    return
  }
  if ('garbage' in reply) {
    response.writeHead(200, { 'content-type': reply.contentType ?? 'text/html' }).end(reply.garbage)
    return
  }
  const head = () =>
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  if ('hang' in reply) {
    const events = STREAMS[request.wire](planAnswer({ text: 'wait a moment' }, request))
    if (reply.hang === 'body') head().write(events.slice(0, Math.ceil(events.length / 2)).join(''))
    return
  }
  const stream = Buffer.from(STREAMS[request.wire](planAnswer(reply, request)).join(''))
  if (reply.cutAt !== undefined) {
    // The bytes have to be on the wire before the socket goes.
    head().write(stream.subarray(0, reply.cutAt), () => response.destroy())
  } else head().end(reply.endAt === undefined ? stream : stream.subarray(0, reply.endAt))
}

function plainError(status: number): object {
  return { error: { message: `scripted status ${status}`, type: 'scripted', code: null, param: null } }
}

function wireOf(path: string): Wire | null {
  const [name = ''] = path.split('?')
  if (name.endsWith('/responses')) return 'responses'
  if (name.endsWith('/chat/completions')) return 'chat'
  if (name.endsWith('/messages')) return 'messages'
  return name.endsWith(':streamGenerateContent') ? 'gemini' : null
}

function sendList(path: string, response: ServerResponse, models: readonly string[]): void {
  const found = /\/models(?:\?|$)/.test(path)
  const data = models.map((id) => ({ id, object: 'model' }))
  const body = found ? { object: 'list', data } : { error: { message: `nothing at ${path}` } }
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the scripted server has no port')
  return address.port
}
