/** Pieces that come within this time of the last delivery are put together, in ms: less than a person can see. */
const GATHER_MS = 25

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>
type Read = Awaited<ReturnType<Reader['read']>>

const TIME_IS_UP = Symbol('time is up')

/**
 * Reads as `reader` does, but a fast stream of small pieces in fewer larger ones: what follows a piece costs far more
 * than its bytes. The first piece after a pause is given at once, and so is what came before an end or an error. `seen`
 * hears of each piece as it arrives.
 */
export function gatheredReads(reader: Reader, seen: (piece: Uint8Array) => void): () => Promise<Read> {
  let pending: Promise<Read> | null = null
  let quietUntil = 0
  const next = () => {
    if (pending !== null) return pending
    pending = reader.read()
    // It may never be asked for again; whoever asks still gets the error.
    pending.catch(() => undefined)
    return pending
  }
  return async () => {
    const first = await next()
    pending = null
    if (first.done) return first
    seen(first.value)
    const pieces = [first.value]
    const wait = quietUntil - performance.now()
    if (wait > 0) {
      let timer: NodeJS.Timeout | undefined
      const timeUp = new Promise<typeof TIME_IS_UP>((resolve) => {
        timer = setTimeout(resolve, wait, TIME_IS_UP)
      })
      for (;;) {
        const more = await Promise.race([next(), timeUp]).catch(() => TIME_IS_UP)
        // An end or an error is left to the next read.
        if (typeof more === 'symbol' || more.done) break
        pending = null
        seen(more.value)
        pieces.push(more.value)
      }
      clearTimeout(timer)
    }
    quietUntil = performance.now() + GATHER_MS
    return { done: false, value: pieces.length === 1 ? first.value : Buffer.concat(pieces) }
  }
}
