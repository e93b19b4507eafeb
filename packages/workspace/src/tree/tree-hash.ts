import { createHash } from 'node:crypto'
import { success } from '../fault.ts'
import type { Root } from '../paths/locate.ts'
import type { Ripgrep } from '../search/ripgrep.ts'
import type { Outcome } from '../workspace.ts'
import { identifyFiles } from './identify-files.ts'
import type { StatCache } from './stat-cache.ts'
import { workFiles } from './work-files.ts'

/**
 * sha256 over `path NUL mode NUL content-sha256 LF` of every file of the work in bytewise order of the paths; mode is `x`,
 * `-` or `l`. Owner, times and empty folders do not count. A file that cannot be read counts as such.
 */
export async function treeHash(root: Root, rg: Ripgrep, cache: StatCache): Promise<Outcome<string>> {
  const files = await workFiles(root, rg)
  if (!files.ok) return files
  const hash = createHash('sha256')
  for await (const [path, { mode, sha256 }] of identifyFiles(root.real, files.value, cache))
    hash.update(`${path}\0${mode}\0${sha256}\n`)
  return success(hash.digest('hex'))
}
