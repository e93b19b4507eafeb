import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'

const skipped = new Set(['.git', '.hg', '.svn'])

/**
 * Makes `to` equal to `from`, copying only what differs in size or time. Installed packages are hard-linked once instead
 * of copied; version control is left out.
 */
export function syncFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  const wanted = new Set<string>()
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue
    wanted.add(entry.name)
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    const known = lstatSync(target, { throwIfNoEntry: false })
    if (entry.name === 'node_modules') {
      if (known === undefined) linkTree(source, target)
    } else if (entry.isDirectory()) {
      if (known !== undefined && !known.isDirectory()) rmSync(target, { recursive: true })
      syncFolder(source, target)
    } else if (entry.isSymbolicLink()) {
      if (known !== undefined) rmSync(target, { recursive: true })
      symlinkSync(readlinkSync(source), target)
    } else if (entry.isFile()) copyChanged(source, target)
  }
  for (const entry of readdirSync(to))
    if (!wanted.has(entry)) rmSync(join(to, entry), { recursive: true, force: true })
}

function copyChanged(source: string, target: string): void {
  const [own, known] = [lstatSync(source), lstatSync(target, { throwIfNoEntry: false })]
  if (
    known !== undefined &&
    known.isFile() &&
    known.size === own.size &&
    Math.abs(known.mtimeMs - own.mtimeMs) < 1
  )
    return
  if (known !== undefined) rmSync(target, { recursive: true })
  copyFileSync(source, target, constants.COPYFILE_FICLONE)
  utimesSync(target, own.atimeMs / 1_000, own.mtimeMs / 1_000)
}

function linkTree(source: string, target: string): void {
  const stat = lstatSync(source)
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
  else if (stat.isDirectory()) {
    mkdirSync(target)
    for (const name of readdirSync(source)) linkTree(join(source, name), join(target, name))
  } else if (stat.isFile()) {
    try {
      linkSync(source, target)
    } catch {
      // Another file system, or one without hard links.
      copyFileSync(source, target, constants.COPYFILE_FICLONE)
    }
  }
}
