import type { OwnGit } from '@cairn/guard'
import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { dependencyFolders } from './dependency-folders.ts'
import { namesIn, printed } from './session-worktree.ts'

/** Where installed dependencies of a checkout are, relative to it. */
export async function findDependencies(git: OwnGit): Promise<string[]> {
  const tracked = new Set<string>()
  for (const file of namesIn(await printed(git, ['ls-files', '-z'])))
    for (let folder = dirname(file); folder !== '.' && !tracked.has(folder); folder = dirname(folder))
      tracked.add(folder)
  return dependencyFolders(git.repository.root, tracked)
}

/**
 * Shows the installed dependencies of `home` in a worktree: a folder of its own with a link for each of them, so that new
 * ones do not land in the person's checkout, and links to packages of the project itself lead to those of the worktree.
 */
export function linkDependencies(home: string, root: string, folder: string): void {
  const to = join(root, folder)
  if (lstatSync(dirname(to), { throwIfNoEntry: false })?.isDirectory() !== true) return
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return
  mkdirSync(to)
  for (const entry of readdirSync(join(home, folder), { withFileTypes: true })) {
    const from = join(home, folder, entry.name)
    const target = join(to, entry.name)
    if (entry.isSymbolicLink()) {
      const named = readlinkSync(from)
      symlinkSync(isAbsolute(named) ? from : named, target)
    } else if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin'))
      linkDependencies(home, root, `${folder}/${entry.name}`)
    else symlinkSync(from, target)
  }
}
