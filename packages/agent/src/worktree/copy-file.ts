import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  type Stats,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Makes a file or link of `to` what it is in `from`, also absent. False where it is something else, or where its folder in
 * `to` leads through a link: nothing is written outside of `to`.
 */
export function copyFile(from: string, to: string, path: string): boolean {
  if (!isPlainWay(to, dirname(path))) return false
  const [source, target] = [join(from, path), join(to, path)]
  const found = stat(source)
  if (found === undefined) {
    rmSync(target, { force: true })
    return true
  }
  if (!found.isFile() && !found.isSymbolicLink()) return false
  if (stat(target)?.isDirectory() === true) return false
  mkdirSync(dirname(target), { recursive: true })
  rmSync(target, { force: true })
  if (found.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
  else {
    copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    chmodSync(target, found.mode & 0o777)
  }
  return true
}

/** Whether a path is the same file, link or absence in two folders. */
export function isSameFile(one: string, other: string, path: string): boolean {
  const [a, b] = [stat(join(one, path)), stat(join(other, path))]
  if (a === undefined || b === undefined) return a === b
  if (a.isSymbolicLink() && b.isSymbolicLink())
    return readlinkSync(join(one, path)) === readlinkSync(join(other, path))
  return (
    a.isFile() &&
    b.isFile() &&
    a.size === b.size &&
    (a.mode & 0o111) === (b.mode & 0o111) &&
    readFileSync(join(one, path)).equals(readFileSync(join(other, path)))
  )
}

/** Whether every folder on the way, as far as it exists, is a folder and no link. */
function isPlainWay(root: string, folder: string): boolean {
  let at = root
  for (const name of folder.split('/')) {
    if (name === '.' || name === '') continue
    if (name === '..' || name === '.git') return false
    at = join(at, name)
    const found = stat(at)
    if (found === undefined) return true
    if (!found.isDirectory()) return false
  }
  return true
}

const stat = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A file stands where a folder would have to be.
    return undefined
  }
}
