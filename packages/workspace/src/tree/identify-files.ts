import { setImmediate } from 'node:timers/promises'
import type { FileIdentity, StatCache } from './stat-cache.ts'

/** Files handled between two turns of the event loop. */
const BATCH = 256

/** What each of `paths` (relative to `root`) is now; one that is gone or cannot be read is left out. */
export async function* identifyFiles(
  root: string,
  paths: readonly string[],
  cache: StatCache,
): AsyncGenerator<[path: string, identity: FileIdentity]> {
  for (const [index, path] of paths.entries()) {
    const identity = cache.identify(`${root}/${path}`)
    if (identity !== null) yield [path, identity]
    if (index % BATCH === BATCH - 1) await setImmediate()
  }
  cache.retain(new Set(paths.map((path) => `${root}/${path}`)))
}
