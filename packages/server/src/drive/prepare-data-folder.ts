import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DriveError } from './errors.ts'

/** Node's own `recursive` never returns where the system says ENOENT for a folder whose parent is there, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Makes the folder of sessions where it is absent. Throws `DriveError` `data-folder` where it cannot be made or written:
 * nothing could be journaled, so nothing is begun.
 */
export function prepareDataFolder(path: string): void {
  try {
    makeFolder(path)
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw new DriveError(
      'data-folder',
      `the data folder ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      'Set CAIRN_DATA_DIR to a folder that you can write, or mend the rights of this one.',
      { cause: error },
    )
  }
}
