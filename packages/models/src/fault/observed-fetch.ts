import { gatheredReads } from './gathered-reads.ts'

/** What was seen of one HTTP exchange; retries are decided on these facts and not on the text of exceptions alone. */
export interface Exchange {
  url: string | undefined
  status: number | undefined
  headers: Headers | undefined
  /** The first bytes of the body as text, for error messages. */
  excerpt: string
  /** Bytes of the body seen so far. */
  bytes: number
  /** What `fetch` itself threw (nothing listens, name not found, …). */
  connectError: unknown
  /** What broke the body off. */
  bodyError: unknown
  /** Whether the idle timer ended it. */
  idle: boolean
}

const EXCERPT_CHARS = 240

/**
 * Wraps `fetch` so that what happens to each call can be looked up by its abort signal. `watch` starts a call: it gives
 * a signal to be passed to `fetch`, aborted when the caller's signal is or when no byte arrives for `idleMs`.
 */
export class ObservedFetch {
  readonly #fetch: typeof globalThis.fetch
  readonly #idleMs: number
  readonly #watched = new WeakMap<AbortSignal, { exchange: Exchange; touch(): void }>()

  constructor(fetch: typeof globalThis.fetch, idleMs: number) {
    this.#fetch = fetch
    this.#idleMs = idleMs
  }

  /** `stop` must be called when the call is over: it ends the timer and closes the socket if it is still open. */
  watch(outer: AbortSignal): { signal: AbortSignal; exchange: Exchange; stop(): void } {
    const controller = new AbortController()
    const exchange: Exchange = {
      url: undefined,
      status: undefined,
      headers: undefined,
      excerpt: '',
      bytes: 0,
      connectError: undefined,
      bodyError: undefined,
      idle: false,
    }
    const timer = setTimeout(() => {
      exchange.idle = true
      controller.abort()
    }, this.#idleMs)
    const forward = () => controller.abort()
    if (outer.aborted) forward()
    else outer.addEventListener('abort', forward, { once: true })
    this.#watched.set(controller.signal, { exchange, touch: () => timer.refresh() })
    const stop = () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', forward)
      controller.abort()
    }
    return { signal: controller.signal, exchange, stop }
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const seen = init?.signal ? this.#watched.get(init.signal) : undefined
    if (!seen) return this.#fetch(input, init)
    const { exchange, touch } = seen
    exchange.url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
    let response: Response
    try {
      response = await this.#fetch(input, init)
    } catch (error) {
      exchange.connectError = error
      throw error
    }
    touch()
    exchange.status = response.status
    exchange.headers = response.headers
    if (!response.body) return response
    const { status, statusText, headers } = response
    return new Response(observe(response.body, exchange, touch), { status, statusText, headers })
  }
}

function observe(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
  touch: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const head = new TextDecoder()
  const read = gatheredReads(reader, (piece) => {
    touch()
    exchange.bytes += piece.byteLength
    if (exchange.excerpt.length < EXCERPT_CHARS)
      exchange.excerpt += head.decode(piece.subarray(0, EXCERPT_CHARS), { stream: true })
  })
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await read()
        if (done) return controller.close()
        controller.enqueue(value)
      } catch (error) {
        exchange.bodyError = error
        controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
