import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const NAMES: readonly string[] = ['node_modules', '.venv', 'venv', 'vendor/bundle']
const MAX_DEPTH = 4

/**
 * Folders of installed dependencies in a checkout, relative to it: those that are not tracked, in folders that are.
 * `tracked`: all folders that hold tracked files, the root left out.
 */
export function dependencyFolders(root: string, tracked: ReadonlySet<string>): string[] {
  const found: string[] = []
  const visit = (folder: string, depth: number) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === '.git') continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const isOne = NAMES.some((name) => path === name || path.endsWith(`/${name}`))
      if (isOne && !tracked.has(path)) found.push(path)
      else if (depth < MAX_DEPTH && (tracked.has(path) || entry.name === 'vendor')) visit(path, depth + 1)
    }
  }
  visit('', 1)
  return found
}
