import { realpathSync, statSync } from 'node:fs'
import { DriveError } from './errors.ts'

/** Sessions are found again by their folder, so it is named by its one real path. Throws `DriveError` `bad-folder`. */
export function workspaceFolder(path: string): string {
  try {
    if (statSync(path).isDirectory()) return realpathSync(path)
  } catch {
    // Said below.
  }
  throw new DriveError('bad-folder', `there is no folder ${path}`, 'Give an existing folder with --cwd.')
}
