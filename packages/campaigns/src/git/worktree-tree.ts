import { copyGitIndex } from '@cairn/guard'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { git, gitLine, gitNames, tryGit, unlessKilled } from './git.ts'

/** The files of a worktree as git's trees, made without its index: commands in it see nothing of that. */
export interface WorktreeTree {
  /** Git's tree of all files that git does not ignore, and of those that were staged in spite of that. */
  take(): Promise<string>
  /** What leads from a commit to a tree, as a binary patch; empty where nothing does. */
  patch(base: string, tree: string): Promise<Buffer>
  /** Makes the files those of `tree`, which is `base` with `patch`; false where it is not, or where they cannot be made so. */
  restore(base: string, tree: string, patch: Uint8Array): Promise<boolean>
}

/** `ownFolder`: what git keeps of this worktree alone. `pathspec`: gives what belongs to it. `reset`: makes its files those of a commit. */
export function worktreeTree(
  path: string,
  ownFolder: string,
  pathspec: () => Promise<readonly string[]>,
  reset: (commit: string) => Promise<void>,
): WorktreeTree {
  const index = join(ownFolder, 'cairn-index')
  const env = { GIT_INDEX_FILE: index }
  const aside = <T>(work: () => Promise<T>): Promise<T> =>
    unlessKilled(async () => {
      // What a git left that was killed: nobody else uses this index.
      for (const file of [index, `${index}.lock`]) rmSync(file, { force: true })
      return work()
    })
  const take = () =>
    aside(async () => {
      const real = join(ownFolder, 'index')
      // With what it knows of files, so that only those that changed are read.
      if (existsSync(real)) copyGitIndex(real, index)
      await git(path, ['add', '--all', ...(await pathspec())], { env })
      return gitLine(path, ['write-tree'], { env })
    })
  const treeOf = (base: string, patch: Uint8Array): Promise<string | null> =>
    aside(async () => {
      await git(path, ['read-tree', base], { env })
      if (patch.length > 0) {
        const applied = await tryGit(path, ['apply', '--cached', '--whitespace=nowarn', '-'], {
          env,
          input: patch,
        })
        if (applied.code !== 0) return null
      }
      return gitLine(path, ['write-tree'], { env })
    })
  return {
    take,
    patch: (base, tree) =>
      unlessKilled(() =>
        git(path, ['diff-tree', '-p', '--binary', '--full-index', '--no-renames', '--no-color', base, tree]),
      ),
    async restore(base, tree, patch) {
      if ((await treeOf(base, patch)) !== tree) return false
      await reset(base)
      await unlessKilled(() => git(path, ['read-tree', '--reset', '-u', tree]))
      await unlessKilled(() => git(path, ['reset', '--quiet', base]))
      const ignored = await gitNames(path, ['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])
      const inTree = new Set(
        ignored.length === 0 ? [] : await gitNames(path, ['ls-tree', '-r', '--name-only', '-z', tree]),
      )
      // Staged in spite of being ignored: without the index nothing would tell them from other ignored files.
      const forced = ignored.filter((name) => inTree.has(name))
      if (forced.length > 0) await unlessKilled(() => git(path, ['add', '--force', '--', ...forced]))
      return (await take()) === tree
    },
  }
}
