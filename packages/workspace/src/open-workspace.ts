import { applyPatch, editFile, type ReviewChanges } from './change-files.ts'
import { readBytes } from './files/read-bytes.ts'
import { readRange } from './files/read-range.ts'
import { locate, openRoot } from './paths/locate.ts'
import type { IsProtected } from './paths/writable.ts'
import { list } from './search/list.ts'
import { type Ripgrep, findRipgrep } from './search/ripgrep.ts'
import { search } from './search/search.ts'
import { StatCache } from './tree/stat-cache.ts'
import { treeHash } from './tree/tree-hash.ts'
import type { Outcome, Workspace } from './workspace.ts'
import { WorkspaceError } from './workspace-error.ts'

export interface WorkspaceOptions {
  /** An existing folder. */
  root: string
  /** Asked for every path that is to be changed, never for reading. `.git` and `.cairn` are refused without asking. */
  isProtected?: IsProtected
  /** Asked before files are written: why the changes must not be made, or null. */
  review?: ReviewChanges
  /** Only its `PATH` is used, to look for ripgrep where the packaged one is missing. */
  env: Record<string, string | undefined>
  /** Milliseconds since the epoch; default the system's clock. */
  now?: () => number
}

/** Opens the files below `root`. Throws a system error where `root` does not exist. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const root = openRoot(options.root)
  const { isProtected, review, env } = options
  const cache = new StatCache(options.now ?? Date.now)
  let found: Promise<Outcome<Ripgrep>> | undefined
  const ripgrep = () => (found ??= findRipgrep(env))
  return {
    root: root.real,
    read: (path, range) => readRange(root, path, range),
    readBytes: (path, most) => readBytes(root, path, most),
    applyPatch: (patch) => applyPatch(root, patch, isProtected, review),
    edit: (path, oldText, newText, choice) =>
      editFile(root, path, oldText, newText, { ...choice, isProtected, review }),
    async search(query) {
      const rg = await ripgrep()
      return rg.ok ? search(root, rg.value, query) : rg
    },
    async list(path, choice) {
      const rg = await ripgrep()
      return rg.ok ? list(root, rg.value, path, choice) : rg
    },
    async treeHash() {
      const rg = await ripgrep()
      const hash = rg.ok ? await treeHash(root, rg.value, cache) : rg
      if (!hash.ok) throw new WorkspaceError(hash.code, hash.message)
      return hash.value
    },
    exists(path) {
      const at = locate(root, path)
      return at.ok && at.value.kind !== 'absent'
    },
    fileHash(path) {
      const at = locate(root, path)
      return at.ok && at.value.kind === 'file' ? (cache.identify(at.value.abs)?.sha256 ?? null) : null
    },
  }
}
