import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { followImports } from './instruction-imports.ts'

export interface InstructionFile {
  path: string
  sha256: string
  text: string
}

/** Names in the order of preference: the first one found in a folder is taken. */
const NAMES = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md']
/** More than this is cut, with a warning in the text itself. */
const MAX_BYTES = 32 * 1024

function readBounded(path: string): { bytes: Buffer; size: number } | null {
  let fd: number
  try {
    // A link could lead anywhere outside the repository, so none is followed.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return null
    const bytes = Buffer.alloc(Math.min(stat.size, MAX_BYTES))
    const read = readSync(fd, bytes, 0, bytes.length, 0)
    return { bytes: bytes.subarray(0, read), size: stat.size }
  } finally {
    closeSync(fd)
  }
}

/** Folders from `root` down to `cwd`, both included. */
function foldersBetween(root: string, cwd: string): string[] {
  const folders = [cwd]
  let folder = cwd
  while (folder !== root && dirname(folder) !== folder) {
    folder = dirname(folder)
    folders.unshift(folder)
  }
  return folder === root ? folders : [cwd]
}

function load(root: string, path: string): InstructionFile | null {
  const found = readBounded(path)
  if (found === null) return null
  const cut = found.size > found.bytes.length
  return {
    path: relative(root, path),
    sha256: createHash('sha256').update(found.bytes).digest('hex'),
    text:
      found.bytes.toString('utf8') +
      (cut ? `\n[cut: the file has ${found.size} bytes, ${MAX_BYTES} are loaded]` : ''),
  }
}

/**
 * Instruction files from the root of the repository down to the working folder; the nearest one comes last and so wins.
 * Each is bounded to 32 KiB. What CLAUDE.md and GEMINI.md import with `@path` follows them, as files of their own.
 */
export function loadInstructions(root: string, cwd: string): InstructionFile[] {
  const files = new Map<string, InstructionFile>()
  for (const folder of foldersBetween(root, cwd)) {
    for (const name of NAMES) {
      const path = join(folder, name)
      const file = load(root, path)
      if (file === null) continue
      const imported =
        name === 'AGENTS.md' ? [] : followImports(root, { path, text: file.text }, (at) => load(root, at))
      for (const each of [file, ...imported]) if (!files.has(each.path)) files.set(each.path, each)
      break
    }
  }
  return [...files.values()]
}
