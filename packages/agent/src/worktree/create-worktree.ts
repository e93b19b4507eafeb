import type { OwnGit } from '@cairn/guard'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AgentError } from '../errors.ts'
import { copyFile } from './copy-file.ts'
import { findDependencies, linkDependencies } from './link-dependencies.ts'
import { changedPaths, gitOf, namesIn, printed, type SessionWorktree } from './session-worktree.ts'

/** Names files that git ignores and a worktree needs all the same, in the way of `.gitignore`. */
const INCLUDE = '.worktreeinclude'
/** Most files that are copied by it. */
const MAX_INCLUDED = 5_000

export interface OpenedWorktree {
  worktree: SessionWorktree
  /** Folders of the checkout that commands have to be able to read: installed dependencies. */
  readable: string[]
  /** What a person should know. */
  notes: string[]
}

/**
 * Makes a worktree of the checkout around `home` at `root`, on a new branch from HEAD. Besides what is committed it gets the
 * ignored files that `.worktreeinclude` names, cairn's settings of the project, links to installed dependencies and, with
 * `carry`, what is not committed yet. The checkout itself stays as it is. Throws `AgentError` `bad-folder` or `worktree`.
 */
export async function createWorktree(options: {
  home: string
  root: string
  branch: string
  carry: boolean
  env: NodeJS.ProcessEnv
}): Promise<OpenedWorktree> {
  const { root, branch, carry, env } = options
  const git = await gitOf(options.home, env)
  const home = git.repository.root
  const head = await git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (head.code !== 0)
    throw new AgentError(
      'bad-folder',
      `${home} has no commit yet, so no worktree can be made of it`,
      'Commit something first, or work without --worktree.',
    )
  const worktree = { home, root, branch, base: head.stdout.toString('utf8').trim() }
  const changed = await changedPaths(git)
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 })
  await printed(git, ['worktree', 'add', '--quiet', '-b', branch, root, worktree.base])
  const notes: string[] = []
  if (carry) {
    const left = changed.filter((path) => !copyFile(home, root, path))
    if (left.length > 0) notes.push(`not taken along: ${left.slice(0, 5).join(', ')}`)
  } else if (changed.length > 0)
    notes.push(
      `${changed.length} changed ${changed.length === 1 ? 'file' : 'files'} of your checkout ${changed.length === 1 ? 'is' : 'are'} not in the worktree; --carry takes them along`,
    )
  if (existsSync(join(home, '.gitmodules'))) notes.push('submodules are empty in the worktree')
  return { worktree, readable: await furnish(git, worktree, notes), notes }
}

/**
 * Opens the worktree of a session again, and makes it anew on its branch where it is gone. Throws `AgentError` `worktree`
 * where that is not possible.
 */
export async function reopenWorktree(
  worktree: SessionWorktree,
  env: NodeJS.ProcessEnv,
): Promise<OpenedWorktree> {
  const { home, root, branch, base } = worktree
  if (!existsSync(home))
    throw new AgentError(
      'worktree',
      `the checkout ${home} that the session's worktree belongs to is gone`,
      'Bring it back to where it was.',
    )
  const git = await gitOf(home, env)
  if (existsSync(join(root, '.git'))) {
    const readable = (await findDependencies(git)).map((folder) => join(home, folder))
    return { worktree, readable, notes: [] }
  }
  // Only what is left of a worktree without its `.git`: empty folders of the sandbox.
  rmSync(root, { recursive: true, force: true })
  await printed(git, ['worktree', 'prune'])
  const known = (await git.run(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`])).code === 0
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 })
  await printed(git, ['worktree', 'add', '--quiet', ...(known ? [root, branch] : ['-b', branch, root, base])])
  const notes = [`the worktree was made anew on ${branch}`]
  return { worktree, readable: await furnish(git, worktree, notes), notes }
}

async function furnish(
  git: OwnGit,
  { home, root }: Pick<SessionWorktree, 'home' | 'root'>,
  notes: string[],
): Promise<string[]> {
  for (const path of await included(git, notes)) copyFile(home, root, path)
  const folders = await findDependencies(git)
  for (const folder of folders) linkDependencies(home, root, folder)
  return folders.map((folder) => join(home, folder))
}

async function included(git: OwnGit, notes: string[]): Promise<string[]> {
  // The rules of the project hold in its worktrees too, committed or not.
  const settings = namesIn(
    await printed(git, ['ls-files', '--others', '--modified', '-z', '--', ':(top).cairn']),
  )
  if (!existsSync(join(git.repository.root, INCLUDE))) return settings
  const matched = await printed(git, ['ls-files', '--others', '--ignored', `--exclude-from=${INCLUDE}`, '-z'])
  const { stdout } = await git.run(['check-ignore', '-z', '--stdin'], { input: matched })
  const named = namesIn(stdout.toString('utf8'))
  if (named.length > MAX_INCLUDED)
    notes.push(`${INCLUDE} names ${named.length} files; only ${MAX_INCLUDED} were copied`)
  return [...settings, ...named.slice(0, MAX_INCLUDED)]
}
