import { readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * The shared repository of a linked worktree, from its `.git` file; null unless the repository points back at that very
 * file, because anyone can write a `.git` file that names somebody else's repository.
 */
export const linkedRepository = (gitFile: string): string | null => {
  try {
    const named = /^gitdir: (.+)$/mu.exec(readFileSync(gitFile, 'utf8'))?.[1]
    if (named === undefined) return null
    const own = realpathSync(resolve(dirname(gitFile), named))
    const back = realpathSync(readFileSync(join(own, 'gitdir'), 'utf8').trim())
    if (back !== realpathSync(gitFile) || basename(dirname(own)) !== 'worktrees') return null
    return dirname(dirname(own))
  } catch {
    return null
  }
}
