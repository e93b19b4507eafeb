import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Root, locate } from '../paths/locate.ts'
import { WorkspaceError } from '../workspace-error.ts'
import type { Checkpoint, Restored, TreeChange } from './checkpoint.ts'
import type { ShadowRepository } from './shadow-repository.ts'

/** Writes and deletes what differs between `current` and `target`, except the paths in `keep`. */
export async function restoreCheckpoint(deps: {
  root: Root
  repository: ShadowRepository
  current: Checkpoint
  target: Checkpoint
  changes: readonly TreeChange[]
  keep: ReadonlySet<string>
}): Promise<Omit<Restored, 'after'>> {
  const { root, repository, current, target, keep } = deps
  const kept = deps.changes.flatMap(({ path }) => (keep.has(path) ? [path] : []))
  const wanted = deps.changes.filter(({ path }) => !keep.has(path))
  const deleted = wanted.flatMap(({ path, op }) => (op === 'deleted' ? [path] : []))
  const written = wanted.flatMap(({ path, op }) => (op === 'deleted' ? [] : [path]))
  await requireContents(repository, target, written)

  for (const path of deleted) if (isInPlace(root, path)) unlinkSync(join(root.real, path))
  // Deepest first; one that holds something covered or ignored stays.
  const emptied = new Set([
    ...deleted.flatMap(parentsOf),
    ...current.emptyFolders.flatMap((path) => [path, ...parentsOf(path)]),
  ])
  const wantedFolders = new Set(target.emptyFolders.flatMap((path) => [path, ...parentsOf(path)]))
  for (const path of [...emptied].sort((a, b) => b.length - a.length))
    if (!wantedFolders.has(path) && isInPlace(root, path)) removeIfEmpty(join(root.real, path))

  if (written.length > 0) {
    const index = repository.temporaryIndex()
    await repository.git(['read-tree', target.tree], { index })
    const input = written.map((path) => `${path}\0`).join('')
    await repository.git(['checkout-index', '-f', '-z', '--stdin'], { index, input })
  }
  restoreModes(root, { current, target, written, keep })
  for (const path of target.emptyFolders) {
    const at = locate(root, path)
    if (at.ok && at.value.kind === 'absent') mkdirSync(at.value.abs, { recursive: true })
  }
  return { written, deleted, kept }
}

/** Permissions that git does not keep, wherever they are not what they were. */
function restoreModes(
  root: Root,
  deps: Pick<Parameters<typeof restoreCheckpoint>[0], 'current' | 'target' | 'keep'> & { written: string[] },
): void {
  const { current, target, keep } = deps
  const paths = new Set([...deps.written, ...Object.keys(current.modes), ...Object.keys(target.modes)])
  for (const path of paths) {
    if (keep.has(path) || !isInPlace(root, path)) continue
    const at = join(root.real, path)
    const stat = lstatSync(at)
    if (!stat.isFile()) continue
    const mode = target.modes[path] ?? ((stat.mode & 0o111) === 0 ? 0o644 : 0o755)
    if ((stat.mode & 0o7777) !== mode) chmodSync(at, mode)
  }
}

/** Looks for every content before anything is touched: a restore never ends half way for want of one. */
async function requireContents(repository: ShadowRepository, target: Checkpoint, paths: readonly string[]) {
  if (paths.length === 0) return
  const input = paths.map((path) => `${target.tree}:${path}\n`).join('')
  const safe = paths.every((path) => !path.includes('\n'))
  const found = safe ? await repository.git(['cat-file', '--batch-check=%(objecttype)'], { input }) : ''
  const missing = found.split('\n').filter((line) => line.endsWith(' missing'))
  if (missing.length > 0)
    throw new WorkspaceError(
      'checkpoint',
      `The contents of ${missing.length} files of this checkpoint are gone (was the repository cleaned with git gc?). Nothing was changed.`,
    )
}

/** Whether `path` itself is there, and reached without a symbolic link on the way. */
function isInPlace(root: Root, path: string): boolean {
  const at = locate(root, dirname(path))
  const parent = dirname(path) === '.' ? '' : dirname(path)
  if (!at.ok || at.value.kind !== 'directory' || at.value.rel !== parent) return false
  return lstatSync(join(root.real, path), { throwIfNoEntry: false }) !== undefined
}

function removeIfEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmdirSync(folder)
  } catch {
    // Not a folder, or filled meanwhile: it stays.
  }
}

function parentsOf(path: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(path); folder !== '.' && folder !== '/'; folder = dirname(folder))
    folders.push(folder)
  return folders
}
