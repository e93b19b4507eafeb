import { dirname, join } from 'node:path'
import { gitNames, workspaceNames } from '../protect/protect-list.ts'
import { isInside } from './is-inside.ts'
import { linkedRepository } from './linked-repository.ts'
import type { LookUp } from './look-up.ts'
import type { FileView, Mount } from './mount.ts'

/**
 * Content of `.git/commondir` while the sandbox occupies it: the file moves git's configuration elsewhere, so it must
 * not be writable, and `.` is the one value that changes nothing for git on the host.
 */
export const commonDirStub = '.\n'

/**
 * Mounts that pin the protected names of a workspace. `source` is the host folder that is shown at `workspace`.
 * Absent names are occupied by an empty folder: git does not list empty folders, and removing one can never lose data.
 * In a copy (`isCopy`) absent names are left free, since nothing on the host runs from there.
 */
export const protections = (input: {
  source: string
  workspace: string
  isCopy: boolean
  /** A host folder that commands get as `.git` while there is no repository, so that they can make one. */
  pendingGit: string | null
  look: LookUp
}): FileView => {
  const { source, workspace, isCopy, pendingGit, look } = input
  const mounts: Mount[] = []
  const stubs: string[] = []
  const unpinned: string[] = []
  const identities: string[] = []

  const pin = (name: string, maskAbsent: boolean) => {
    const from = join(source, name)
    const to = join(workspace, name)
    const found = look.stat(from)
    if (found === null) {
      if (!maskAbsent || isCopy) return
      stubs.push(`${from}/`)
      mounts.push({ kind: 'blank', path: to })
    } else if (found.isSymbolicLink()) {
      unpinned.push(name)
      const target = look.real(from)
      if (target === null || !isInside(source, target)) return
      mounts.push({ kind: 'bind', from: target, to: workspace + target.slice(source.length), write: false })
    } else if (found.isDirectory() && look.isEmpty(from)) {
      mounts.push({ kind: 'blank', path: to })
    } else {
      mounts.push({ kind: 'bind', from, to, write: false })
      // The number alone does not do: it is used again for a file that takes the name.
      if (found.isFile()) identities.push(`${name}:${found.dev}:${found.ino}:${found.ctimeMs}`)
    }
  }

  const git = look.stat(join(source, '.git'))
  // An empty folder is no repository, but the place of an absent one.
  if (git?.isDirectory() === true && !look.isEmpty(join(source, '.git'))) {
    // The folder itself first: a mount point cannot be renamed away and replaced.
    mounts.push({ kind: 'bind', from: join(source, '.git'), to: join(workspace, '.git'), write: true })
    for (const { path, maskAbsent } of gitNames) pin(path, maskAbsent)
    pinCommonDir()
  } else if (git?.isFile() !== true && git?.isSymbolicLink() !== true && pendingGit !== null && !isCopy) {
    if (git === null) stubs.push(`${join(source, '.git')}/`)
    mounts.push({ kind: 'bind', from: pendingGit, to: join(workspace, '.git'), write: true })
  } else {
    pin('.git', true)
    if (git?.isFile() === true) look.onlyNow()
    const shared = git?.isFile() === true ? linkedRepository(join(source, '.git')) : null
    // In a copy of this very repository's worktree the path is taken by the copy itself: git does not work there.
    if (shared !== null && !isInside(workspace, shared)) {
      mounts.push({ kind: 'bind', from: shared, to: shared, write: false, create: true })
    }
  }
  for (const { path, maskAbsent } of workspaceNames) {
    if (!path.includes('/') || pinParent(dirname(path), maskAbsent)) pin(path, maskAbsent)
  }
  return { mounts, stubs, unpinned, identity: identities.join('\n') }

  /** Makes the folder of a protected name a mount point, so that it cannot be renamed away; whether there is one now. */
  function pinParent(name: string, maskAbsent: boolean): boolean {
    const from = join(source, name)
    const found = look.stat(from)
    if (found === null) {
      if (!maskAbsent || isCopy) return false
      stubs.push(`${from}/`)
    } else if (!found.isDirectory()) return false
    mounts.push({ kind: 'bind', from, to: join(workspace, name), write: true })
    return true
  }

  function pinCommonDir() {
    const from = join(source, '.git/commondir')
    const found = look.stat(from)
    if (found === null && isCopy) return
    if (found === null) stubs.push(from)
    mounts.push({ kind: 'bind', from, to: join(workspace, '.git/commondir'), write: false })
  }
}
