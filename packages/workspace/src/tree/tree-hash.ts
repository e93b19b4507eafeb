import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { success } from '../fault.ts'
import type { Root } from '../paths/locate.ts'
import type { Ripgrep } from '../search/ripgrep.ts'
import type { Outcome } from '../workspace.ts'
import type { StatCache } from './stat-cache.ts'
import { workFiles } from './work-files.ts'

/** Files handled between two turns of the event loop. */
const BATCH = 256

/**
 * sha256 over `path NUL mode NUL content-sha256 LF` of every file of the work in bytewise order of the paths; mode is `x`,
 * `-` or `l`. Owner, times and empty folders do not count. A file that cannot be read counts as such.
 */
export async function treeHash(root: Root, rg: Ripgrep, cache: StatCache): Promise<Outcome<string>> {
  const files = await workFiles(root, rg)
  if (!files.ok) return files
  const hash = createHash('sha256')
  const seen = new Set<string>()
  for (const [index, path] of files.value.entries()) {
    const absolute = `${root.real}/${path}`
    seen.add(absolute)
    const identity = cache.identify(absolute)
    if (identity !== null) hash.update(`${path}\0${identity.mode}\0${identity.sha256}\n`)
    if (index % BATCH === BATCH - 1) await setImmediate()
  }
  cache.retain(seen)
  return success(hash.digest('hex'))
}
