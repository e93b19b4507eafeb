import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FindTool } from './backend.ts'

const systemFolders = [
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/bin',
  '/run/current-system/sw/bin',
]

/**
 * Looks for a program in the system's own folders first, then in PATH: a tool that draws the boundary must not come
 * from a folder that a workspace put in front.
 */
export const findTool =
  (path: readonly string[]): FindTool =>
  (name) => {
    for (const folder of [...systemFolders, ...path]) {
      const file = join(folder, name)
      try {
        accessSync(file, constants.X_OK)
        if (statSync(file).isFile()) return file
      } catch {
        // Not here.
      }
    }
    return null
  }
