import { applyPatch, editFile } from './change-files.ts'
import { fault } from './fault.ts'
import { readRange } from './files/read-range.ts'
import { openRoot } from './paths/locate.ts'
import type { IsProtected } from './paths/writable.ts'
import type { Workspace } from './workspace.ts'

/**
 * Opens the files below `root`. `isProtected` is asked for every path that is to be changed (never for reading); `.git`
 * and `.cairn` are refused without asking. `env` is only used to look for ripgrep on its `PATH`. Throws where `root` does
 * not exist.
 */
export function openWorkspace(options: {
  root: string
  isProtected?: IsProtected
  env: Record<string, string | undefined>
}): Workspace {
  const root = openRoot(options.root)
  const { isProtected } = options
  return {
    root: root.real,
    read: (path, range) => readRange(root, path, range),
    applyPatch: (patch) => applyPatch(root, patch, isProtected),
    edit: (path, oldText, newText, choice) =>
      editFile(root, path, oldText, newText, { ...choice, isProtected }),
    search: () => Promise.resolve(fault('io', 'Search is not there yet.')),
    list: () => Promise.resolve(fault('io', 'Listing is not there yet.')),
    treeHash: () => Promise.reject(new Error('not there yet')),
    fileHash: () => null,
  }
}
