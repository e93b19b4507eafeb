import { dependencyFolders } from '@cairn/agent/worktree'
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { forgetWorktrees } from './forget-worktrees.ts'
import { git, gitLine, gitNames, tryGit, unlessKilled } from './git.ts'
import { worktreeTree, type WorktreeTree } from './worktree-tree.ts'

/** A checkout of its own, outside the user's, that shares the repository's objects. */
export interface Worktree {
  readonly path: string
  /** Folders of dependencies that are links to the user's, relative to the worktree. */
  readonly links: readonly string[]
  /** Makes the files those of a commit, whatever was there. */
  reset(commit: string): Promise<void>
  /** What differs from HEAD as a binary patch, with new files; null where nothing does. */
  patch(): Promise<Buffer | null>
  /** Files that differ from HEAD. */
  changed(): Promise<string[]>
  /** The files as git's trees: to be carried elsewhere, and made again there. */
  readonly tree: WorktreeTree
  remove(): Promise<void>
}

/** All folders that hold tracked files. */
async function trackedFolders(repository: string): Promise<Set<string>> {
  const folders = new Set<string>()
  for (const file of await gitNames(repository, ['ls-files', '-z']))
    for (let folder = dirname(file); folder !== '.' && !folders.has(folder); folder = dirname(folder))
      folders.add(folder)
  return folders
}

/** Where dependencies of the user's checkout are, so that commands in a worktree may read them. */
export async function findDependencies(repository: string): Promise<string[]> {
  return dependencyFolders(repository, await trackedFolders(repository))
}

/**
 * Opens a worktree at `path`, made anew at `commit` where something else is there. Only one process may use a path.
 * `links`: folders of `repository` that are linked instead of copied.
 */
export async function openWorktree(
  repository: string,
  path: string,
  commit: string,
  links: readonly string[],
): Promise<Worktree> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const real = join(realpathSync(dirname(path)), basename(path))
  const remove = async () => {
    rmSync(path, { recursive: true, force: true })
    await forgetWorktrees(repository, (known) =>
      known.path === null ? known.name === basename(path) : known.path === real,
    )
  }
  await unlessKilled(async () => {
    await remove()
    await git(repository, ['worktree', 'add', '--quiet', '--detach', '--force', path, commit])
  })
  const ownFolder = await unlessKilled(() => gitLine(path, ['rev-parse', '--absolute-git-dir']))
  /** Nobody else works here, so a lock is what a git left that was killed. */
  const unlocked = <T>(work: () => Promise<T>): Promise<T> =>
    unlessKilled(async () => {
      for (const lock of ['index.lock', 'HEAD.lock']) rmSync(join(ownFolder, lock), { force: true })
      return work()
    })
  /** What belongs to it. Git refuses to leave out by name what it ignores anyway. */
  const pathspec = async (): Promise<string[]> => {
    if (links.length === 0) return ['--', '.']
    const { stdout } = await tryGit(path, ['check-ignore', '-z', '--stdin'], { input: links.join('\0') })
    const ignored = new Set(stdout.toString('utf8').split('\0'))
    const named = links.filter((one) => !ignored.has(one))
    return ['--', '.', ...named.map((one) => `:(exclude,top)${one}`)]
  }
  const link = () => {
    for (const folder of links) {
      const at = join(path, folder)
      if (!existsSync(dirname(at))) continue
      const there = lstatSync(at, { throwIfNoEntry: false })
      if (there?.isSymbolicLink() === true) unlinkSync(at)
      else if (there !== undefined) continue
      symlinkSync(join(repository, folder), at)
    }
  }
  link()
  const stage = () => unlocked(async () => git(path, ['add', '--all', ...(await pathspec())]))
  const reset = async (to: string) => {
    await unlocked(() => git(path, ['reset', '--quiet', '--hard', to]))
    // Not `git clean`: it removes empty folders, which the sandbox keeps in the place of protected names.
    for (const other of await gitNames(path, ['ls-files', '--others', '--exclude-standard', '-z']))
      if (!links.includes(other)) rmSync(join(path, other), { recursive: true, force: true })
    link()
  }
  return {
    path,
    links,
    reset,
    tree: worktreeTree(path, ownFolder, pathspec, reset),
    async patch() {
      await stage()
      const patch = await unlessKilled(() =>
        git(path, ['diff', '--cached', '--binary', '--full-index', '--no-renames', '--no-color', 'HEAD']),
      )
      return patch.length === 0 ? null : patch
    },
    async changed() {
      await stage()
      return gitNames(path, ['diff', '--cached', '--name-only', '--no-renames', '-z', 'HEAD'])
    },
    remove,
  }
}
