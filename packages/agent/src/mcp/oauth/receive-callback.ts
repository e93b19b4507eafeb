import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AgentError } from '../../errors.ts'

/** Waits on this machine for the browser to come back from a login (RFC 8252). */
export interface CallbackReceiver extends AsyncDisposable {
  /** The redirect address. */
  readonly url: string
  /** The parameters of the first answer with this state; all others are refused, and change nothing. Rejects at `signal`. */
  receive(state: string, signal: AbortSignal): Promise<URLSearchParams>
}

const same = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Listens on the loopback interface. `port` 0: any that is free, with a path that nobody can know. */
export async function receiveCallback(port = 0): Promise<CallbackReceiver> {
  const path = port === 0 ? `/callback/${randomBytes(12).toString('base64url')}` : '/callback'
  let take: ((params: URLSearchParams) => boolean) | null = null
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
    const taken = request.method === 'GET' && url?.pathname === path && take?.(url.searchParams) === true
    response
      .writeHead(taken ? 200 : 400, HEADERS)
      .end(
        taken
          ? 'You can close this page and go back to cairn.\n'
          : 'This is not the login that cairn waits for.\n',
      )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new AgentError(
          'mcp-login',
          `port ${port} of this machine cannot be used: ${error.message}`,
          'Choose another callback_port, or end what uses it.',
        ),
      ),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  // A server that listens on a port has an address of this form.
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${actual}${path}`,
    receive(state, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>()
      const stop = () =>
        reject(new AgentError('mcp-login', 'nobody came back from the login', 'Try again: cairn mcp login'))
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      take = (params) => {
        if (!same(params.get('state') ?? '', state)) return false
        take = null
        resolve(params)
        return true
      }
      return promise.finally(() => signal.removeEventListener('abort', stop))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
