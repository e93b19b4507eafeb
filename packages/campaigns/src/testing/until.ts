import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is there. */
export async function until<T>(what: () => Promise<T | null | undefined> | T | null | undefined): Promise<T> {
  for (;;) {
    const found = await what()
    if (found !== null && found !== undefined) return found
    await sleep(20)
  }
}
