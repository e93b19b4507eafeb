import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** The folder of sessions cannot be used: nothing could be journaled, so nothing is begun. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
  readonly code = 'data-folder'
  readonly hint = 'Set CAIRN_DATA_DIR to a folder that you can write, or mend the rights of this one.'
}

/** Node's own `recursive` never returns where the system says ENOENT for a folder whose parent is there, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Makes the folder of sessions where it is absent. Throws `DataFolderError` where it cannot be made or written. */
export function prepareDataFolder(path: string): void {
  try {
    makeFolder(path)
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw new DataFolderError(
      `the data folder ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}
