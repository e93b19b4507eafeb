import type { OwnGit } from '@cairn/guard'
import { accessSync, constants, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const NAMES = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit']

/** Hooks that git would run for a commit, with the folder that they are in, from the root where it is inside. */
export async function commitHooks(git: OwnGit): Promise<{ names: string[]; folder: string | null }> {
  const { root, commonDir } = git.repository
  const set = await git.setting('core.hooksPath', 'path')
  const folder = set === null || set === '' ? join(commonDir, 'hooks') : resolve(root, set)
  const inside = relative(root, folder)
  return {
    names: NAMES.filter((name) => isProgram(join(folder, name))),
    folder: inside.startsWith('..') || inside.split('/')[0] === '.git' ? null : inside,
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
