import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commonFolder } from './git.ts'

/** What a repository keeps about one of its worktrees. */
export interface KnownWorktree {
  name: string
  /** Null where the process that began to make it was ended. */
  path: string | null
}

/**
 * Takes away what the repository keeps about worktrees of ours that are gone. Not `git worktree prune`, which would forget
 * those of the user whose disk is not mounted now, and never those that were half made.
 */
export async function forgetWorktrees(
  repository: string,
  isOurs: (worktree: KnownWorktree) => boolean,
  options: { last: boolean } = { last: false },
): Promise<void> {
  const folder = join(await commonFolder(repository), 'worktrees')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const link = join(folder, name, 'gitdir')
    const text = existsSync(link) ? readFileSync(link, 'utf8').trim() : ''
    const path = text === '' ? null : dirname(text)
    if (isOurs({ name, path })) rmSync(join(folder, name), { recursive: true, force: true })
  }
  if (!options.last) return
  try {
    rmdirSync(folder)
  } catch {
    // Somebody else has worktrees.
  }
}
