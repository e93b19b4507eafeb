import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { success } from '../fault.ts'
import type { Root } from '../paths/locate.ts'
import type { Ripgrep } from '../search/ripgrep.ts'
import { GENERATED_NAMES, OWN_NAMES, workFiles } from '../tree/work-files.ts'
import type { Outcome } from '../workspace.ts'

/** Files above this are named as not covered instead of being kept, in bytes. */
const MAX_FILE = 32 * 1024 * 1024
/** An ignored file beside files of the work (`.env`, a local database) is covered up to this size, in bytes. */
const MAX_IGNORED = 1024 * 1024
/** Folders that hold nothing are looked for this deep. */
const MAX_EMPTY_DEPTH = 8

/** What a checkpoint is made of, besides the contents. Paths are relative and `/`-separated. */
export interface WorkScan {
  /** Files and links that are covered, sorted bytewise. */
  files: string[]
  /** Folders without anything in them. */
  emptyFolders: string[]
  /** Permission bits of files that have others than 644 or 755. */
  modes: Record<string, number>
  /** What is not covered, each with why. */
  uncovered: { path: string; why: 'too large' | 'ignored folder' | 'nested repository' }[]
}

/**
 * Looks at the files of the work and at what stands beside them: small ignored files, empty folders, odd permissions.
 * Installed folders (node_modules, …) are no part of it.
 */
export async function scanWork(root: Root, rg: Ripgrep): Promise<Outcome<WorkScan>> {
  const work = await workFiles(root, rg)
  if (!work.ok) return work
  const scan: WorkScan = { files: [], emptyFolders: [], modes: {}, uncovered: [] }
  const known = new Set(work.value)
  const folders = foldersOf(root.real, work.value)
  const files = new Set<string>()
  for (const folder of folders) {
    for (const entry of entriesOf(join(root.real, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (isGenerated(entry.name)) continue
      if (entry.isDirectory()) {
        if (!folders.has(path)) lookInside(root.real, path, files, scan)
      } else addFile(root.real, path, known.has(path), files, scan)
    }
  }
  // Tracked files with a name that is never listed.
  for (const path of known)
    if (!files.has(path) && folders.has(parentOf(path))) addFile(root.real, path, true, files, scan)
  scan.files = [...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  scan.emptyFolders.sort()
  return success(scan)
}

function addFile(root: string, path: string, isWork: boolean, files: Set<string>, scan: WorkScan): void {
  const stat = statOf(join(root, path))
  if (stat === null || !(stat.isFile() || stat.isSymbolicLink())) return
  if (stat.size > (isWork ? MAX_FILE : MAX_IGNORED)) {
    if (!scan.uncovered.some((other) => other.path === path)) scan.uncovered.push({ path, why: 'too large' })
    return
  }
  files.add(path)
  const mode = stat.mode & 0o7777
  if (stat.isFile() && mode !== 0o644 && mode !== 0o755) scan.modes[path] = mode
}

/** A folder without plain files of the work: empty, of links alone, a repository of its own, or ignored. */
function lookInside(root: string, path: string, files: Set<string>, scan: WorkScan, depth = 0): void {
  const entries = entriesOf(join(root, path))
  if (entries.length === 0) scan.emptyFolders.push(path)
  else if (entries.some((entry) => entry.name === '.git'))
    scan.uncovered.push({ path, why: 'nested repository' })
  else if (
    depth > MAX_EMPTY_DEPTH ||
    entries.some((entry) => !entry.isDirectory() && !entry.isSymbolicLink())
  )
    scan.uncovered.push({ path, why: 'ignored folder' })
  else {
    for (const entry of entries) {
      const inner = `${path}/${entry.name}`
      if (isGenerated(entry.name)) continue
      if (entry.isDirectory()) lookInside(root, inner, files, scan, depth + 1)
      else files.add(inner)
    }
  }
}

/** Folders with files of the work in them, each reached without a symbolic link. */
function foldersOf(root: string, files: readonly string[]): Set<string> {
  const real = new Map<string, boolean>([['', true]])
  const isReal = (folder: string): boolean => {
    const known = real.get(folder)
    if (known !== undefined) return known
    const found = isReal(parentOf(folder)) && statOf(join(root, folder))?.isDirectory() === true
    real.set(folder, found)
    return found
  }
  for (const file of files) isReal(parentOf(file))
  return new Set([...real].flatMap(([folder, found]) => (found ? [folder] : [])))
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}

const parentOf = (path: string): string => {
  const folder = dirname(path)
  return folder === '.' ? '' : folder
}

const isGenerated = (name: string) => OWN_NAMES.includes(name) || GENERATED_NAMES.includes(name)

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Removed or closed since it was listed.
    return []
  }
}
