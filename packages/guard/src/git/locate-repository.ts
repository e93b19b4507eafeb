import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GuardError } from '../errors.ts'
import { linkedRepository } from '../sandbox/linked-repository.ts'
import { isEmpty, statOrNull } from '../sandbox/look-up.ts'

export interface Repository {
  /** Root of the working tree. */
  root: string
  gitDir: string
  /** Where configuration and hooks are; differs from `gitDir` in linked worktrees. */
  commonDir: string
}

/**
 * The repository that git would use in `folder`, found without running git; null where there is none. Throws
 * `unsafe-git` where files say that configuration is to be read from somewhere unexpected.
 */
export const locateRepository = (folder: string): Repository | null => {
  for (let root = realpathSync(folder); ; root = dirname(root)) {
    const found = statOrNull(join(root, '.git'))
    if (found?.isFile() === true) return ofLink(root)
    // The sandbox keeps an empty folder in the place of an absent repository.
    if (found?.isDirectory() === true && !isEmpty(join(root, '.git'))) return ofFolder(root)
    if (found !== null && !found.isDirectory()) refuse(`${join(root, '.git')} is neither a folder nor a file`)
    if (dirname(root) === root) return null
  }
}

const ofFolder = (root: string): Repository => {
  const gitDir = join(root, '.git')
  const common = textOrNull(join(gitDir, 'commondir'))
  if (common !== null && resolve(gitDir, common) !== gitDir) refuse(`${gitDir}/commondir leads to ${common}`)
  return { root, gitDir, commonDir: gitDir }
}

const ofLink = (root: string): Repository => {
  const link = join(root, '.git')
  const commonDir = linkedRepository(link)
  if (commonDir === null) refuse(`${link} names a repository that does not name it in turn`)
  const gitDir = realpathSync(resolve(root, /^gitdir: (.+)$/mu.exec(readFileSync(link, 'utf8'))?.[1] ?? ''))
  const common = textOrNull(join(gitDir, 'commondir'))
  if (common === null || realpathSync(resolve(gitDir, common)) !== commonDir)
    refuse(`${gitDir}/commondir leads to ${common}`)
  return { root, gitDir, commonDir }
}

const textOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

function refuse(why: string): never {
  throw new GuardError(
    'unsafe-git',
    `git is not run here: ${why}`,
    'Look at the repository, and repair it by hand.',
  )
}
