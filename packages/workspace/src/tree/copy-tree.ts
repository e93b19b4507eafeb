import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { errno } from '../fault.ts'
import { isWithin } from '../paths/locate.ts'

/** Folders that are installed rather than written: too large to copy, and shared between copies. */
export const LINK_NAMES: readonly string[] = ['node_modules', '.venv', 'vendor/bundle']
const NEVER_COPIED: readonly string[] = ['.git', '.cairn']

export interface CopyOptions {
  /** Folder names (or path endings) that are not copied. Default `LINK_NAMES`. */
  linkNames?: readonly string[]
  /** `symlink` (default) links them to the original, so they must be read-only for what runs there; `skip` leaves them out. */
  links?: 'symlink' | 'skip'
}

export interface CopyResult {
  files: number
  bytes: number
  /** Relative paths that were linked or left out because of `linkNames`, for binding them later. */
  linked: string[]
}

/**
 * Copies a workspace to a folder that does not exist yet, as a scratch place for experiments: everything but `.git` and
 * `.cairn`, ignored files included, because tests may need them. Blocks are shared where the file system can. Links that
 * point into the workspace by an absolute path point into the copy afterwards. Rejects with system errors.
 */
export async function copyTree(from: string, to: string, options: CopyOptions = {}): Promise<CopyResult> {
  const source = await fs.realpath(from)
  const target = join(await fs.realpath(dirname(resolve(to))), resolve(to).slice(dirname(resolve(to)).length))
  const linkNames = options.linkNames ?? LINK_NAMES
  const result: CopyResult = { files: 0, bytes: 0, linked: [] }
  await fs.mkdir(target, { mode: 0o700 })
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await fs.readdir(join(source, folder), { withFileTypes: true })
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const absolute = join(source, path)
      if (NEVER_COPIED.includes(entry.name) || absolute === target) continue
      if (linkNames.some((name) => path === name || path.endsWith(`/${name}`))) {
        result.linked.push(path)
        if (options.links !== 'skip') await fs.symlink(absolute, join(target, path))
      } else if (entry.isDirectory()) {
        await fs.mkdir(join(target, path))
        folders.push(path)
      } else if (entry.isSymbolicLink()) {
        await copyLink(source, target, path)
      } else if (entry.isFile()) {
        const bytes = await copyFile(absolute, join(target, path))
        if (bytes === null) continue
        result.files++
        result.bytes += bytes
      }
    }
  }
  return result
}

/** The size of the copied file; null where it was removed since its folder was read. */
async function copyFile(from: string, to: string): Promise<number | null> {
  try {
    await fs.copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    return (await fs.stat(to)).size
  } catch (error) {
    if (errno(error) === 'ENOENT') return null
    throw error
  }
}

async function copyLink(source: string, target: string, path: string): Promise<void> {
  const points = await fs.readlink(join(source, path))
  const moved =
    isAbsolute(points) && isWithin(source, points) ? join(target, relative(source, points)) : points
  await fs.symlink(moved, join(target, path))
}
