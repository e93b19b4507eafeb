import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSameFile } from './copy-file.ts'
import { changedPaths, gitOf, printed, type SessionWorktree } from './session-worktree.ts'

/** What became of a worktree at the end. */
export type ClosedWorktree =
  | { kind: 'removed' }
  /** `commits`: made on its branch since it began. `changed`: files that are not committed. */
  | { kind: 'kept'; commits: number; changed: number }

/**
 * Removes a worktree and its branch where nothing was made there: no commit, and no file that the checkout does not have
 * as well. Ignored files go with it. Everything else stays.
 */
export async function closeWorktree(
  { home, root, branch, base }: SessionWorktree,
  env: NodeJS.ProcessEnv,
): Promise<ClosedWorktree> {
  if (!existsSync(join(root, '.git'))) return { kind: 'removed' }
  const git = await gitOf(root, env)
  const changed = await changedPaths(git)
  const commits = Number((await printed(git, ['rev-list', '--count', `${base}..HEAD`])).trim())
  const own = changed.filter((path) => !isSameFile(root, home, path))
  const head = (await printed(git, ['rev-parse', 'HEAD'])).trim()
  if (head !== base || own.length > 0) return { kind: 'kept', commits, changed: own.length }
  const main = await gitOf(home, env)
  await printed(main, ['worktree', 'remove', '--force', root])
  // Only where it still is what it began as.
  await main.run(['update-ref', '-d', `refs/heads/${branch}`, base])
  return { kind: 'removed' }
}
