const MOST_BYTES = 16 << 20
/** Streams that nobody asked for, one after the other. A server may end each at once and name no pause. */
const MOST_STREAMS = 20

/** Why an answer was not read to its end. */
const tooLarge = () => new Error(`The answer is larger than ${MOST_BYTES >> 20} MiB`)

const isEventStream = (response: Response) =>
  response.headers.get('content-type')?.includes('text/event-stream') === true

/**
 * A `fetch` for one connection. An answer is cut off with an error after 16 MiB, so that no server fills the memory; of streams that
 * nobody asked for (GET), all of them together. `onEnd` hears of the end of a stream that answers a request and cannot be gone on
 * with, with the error that ended it, because whoever waits for the answer would wait on.
 */
export function createBoundedFetch(
  onEnd: (error: Error | null) => void,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  let unasked = MOST_BYTES
  let streams = MOST_STREAMS
  return async (url, init) => {
    const isUnasked = init?.method === 'GET'
    // "No such stream here": the client goes on without one.
    if (isUnasked && (unasked < 0 || streams === 0)) return new Response(null, { status: 405 })
    if (isUnasked) streams -= 1
    const response = await fetch(url, init)
    const { body } = response
    if (body === null) return response
    let left = MOST_BYTES
    // A stream whose events have ids can be resumed by the client.
    let mayResume = !isEventStream(response) || isUnasked
    const reader = body.getReader()
    const bounded = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            if (!mayResume) onEnd(null)
            return
          }
          left -= value.length
          if (isUnasked) unasked -= value.length
          if (left < 0 || (isUnasked && unasked < 0)) {
            mayResume = isUnasked
            void reader.cancel().catch(() => undefined)
            throw tooLarge()
          }
          mayResume ||= /^id:/mu.test(Buffer.from(value.subarray(0, 4_096)).toString('latin1'))
          controller.enqueue(value)
        } catch (error) {
          controller.error(error)
          if (!mayResume) onEnd(error instanceof Error ? error : new Error(String(error)))
        }
      },
      cancel: (reason) => reader.cancel(reason),
    })
    const { status, statusText, headers } = response
    return new Response(bounded, { status, statusText, headers })
  }
}
