import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** The last bytes of a body wait until what follows was looked at, so that a secret is noticed before it is gone. */
const heldBack = 4096

/**
 * Passes on what comes until it ends. `check` says why a piece must not go on, and nothing more is passed then. Resolves
 * with that reason, with null at the end, or with what broke.
 */
export const relayBody = async (
  from: Readable,
  to: Writable,
  check: (chunk: Buffer) => string | null,
): Promise<string | null> => {
  let waiting: Buffer[] = []
  let held = 0
  const pass = async (bytes: Buffer) => {
    if (!to.write(bytes)) await Promise.race([once(to, 'drain'), once(to, 'close')])
  }
  try {
    for await (const chunk of from) {
      const bytes = Buffer.from(chunk)
      const why = check(bytes)
      if (why !== null) return why
      waiting.push(bytes)
      held += bytes.length
      if (held <= heldBack * 2) continue
      const all = Buffer.concat(waiting)
      await pass(all.subarray(0, all.length - heldBack))
      waiting = [Buffer.from(all.subarray(all.length - heldBack))]
      held = heldBack
    }
    for (const bytes of waiting) await pass(bytes)
    to.end()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Passes bytes on as they come, as long as `count` agrees; `stop` is called where it does not. */
export const relayBytes = (
  from: Readable,
  to: Writable,
  count: (bytes: number) => boolean,
  stop: () => void,
): void => {
  from.on('data', (chunk: Buffer) => {
    if (!count(chunk.length)) return stop()
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
}
