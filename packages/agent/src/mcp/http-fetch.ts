const MOST_BYTES = 16 << 20

/** What is said of an answer that was not read to its end. */
const tooLarge = () => new Error(`The answer is larger than ${MOST_BYTES >> 20} MiB`)

/**
 * A `fetch` for one connection. An answer is cut off with an error after 16 MiB, so that no server fills the memory; of streams that
 * nobody asked for (GET), all of them together.
 */
export function createBoundedFetch(): (url: string | URL, init?: RequestInit) => Promise<Response> {
  let unasked = MOST_BYTES
  return async (url, init) => {
    const isStream = init?.method === 'GET'
    // "No such stream here": the client goes on without one.
    if (isStream && unasked < 0) return new Response(null, { status: 405 })
    const response = await fetch(url, init)
    if (response.body === null) return response
    let left = MOST_BYTES
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          left -= chunk.length
          if (isStream) unasked -= chunk.length
          if (left < 0 || (isStream && unasked < 0)) controller.error(tooLarge())
          else controller.enqueue(chunk)
        },
      }),
    )
    const { status, statusText, headers } = response
    return new Response(bounded, { status, statusText, headers })
  }
}
