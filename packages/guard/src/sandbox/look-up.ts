import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import type { Stats } from 'node:fs'

/** What is at `path` itself (links are not followed); null where nothing is, or a file stands in the way. */
export const statOrNull = (path: string): Stats | null => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    // In a linked worktree `.git` is a file, and nothing lies below it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return null
    throw error
  }
}

/** The real path, or null where it does not exist or cannot be reached. */
export const realOrNull = (path: string): string | null => {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** Whether a folder can be listed and has nothing in it. */
export const isEmpty = (folder: string): boolean => {
  try {
    return readdirSync(folder).length === 0
  } catch {
    return false
  }
}

/** What a view of files is made from. */
export interface LookUp {
  stat(path: string): Stats | null
  real(path: string): string | null
  isEmpty(folder: string): boolean
  /** Something else was read as well, so that the result holds for this moment only. */
  onlyNow(): void
}

/** Looks, and keeps nothing. */
export const plainLookUp: LookUp = { stat: statOrNull, real: realOrNull, isEmpty, onlyNow: () => {} }
