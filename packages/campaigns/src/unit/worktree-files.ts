import { lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { CampaignError } from '../errors.ts'
import type { RecipeFiles } from '../recipes/recipe.ts'

/** Absolute path of a name inside a worktree, links not followed; null where it would lead anywhere else. */
function inside(root: string, path: string): string | null {
  const real = realpathSync(root)
  const target = resolve(real, path)
  if (!target.startsWith(real + sep)) return null
  if (path.split('/').some((part) => part === '..' || part.toLowerCase() === '.git')) return null
  // The nearest folder that exists must be where it seems to be.
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    const stat = lstatSync(folder, { throwIfNoEntry: false })
    if (stat === undefined) continue
    if (!stat.isDirectory() || realpathSync(folder) !== folder) return null
    break
  }
  const stat = lstatSync(target, { throwIfNoEntry: false })
  return stat === undefined || stat.isFile() ? target : null
}

/** The files of a worktree as recipes see them: regular files inside it, as UTF-8 text. */
export function worktreeFiles(root: string, all: readonly string[]): RecipeFiles {
  return {
    all,
    read(path) {
      const target = inside(root, path)
      if (target === null || lstatSync(target, { throwIfNoEntry: false }) === undefined) return null
      const bytes = readFileSync(target)
      const text = bytes.toString('utf8')
      // What is no UTF-8 would not come back as it was.
      return Buffer.from(text, 'utf8').equals(bytes) ? text : null
    },
  }
}

/** Writes or removes one file of a worktree, keeping its mode. */
export function writeInside(root: string, path: string, text: string | null): void {
  const target = inside(root, path)
  if (target === null)
    throw new CampaignError(
      'git',
      `${path} is not a plain file of the worktree, so a recipe does not write there.`,
      'Leave this file out of the units, or change it by hand.',
    )
  if (text === null) return rmSync(target, { force: true })
  mkdirSync(join(target, '..'), { recursive: true })
  writeFileSync(target, text)
}
