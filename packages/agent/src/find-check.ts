import { discoverChecks } from '@cairn/checks'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SessionCheck } from './completion-gate.ts'

/** The check that decides about done: the one given, else the project's test command, else none. */
export function findCheck(root: string, given: string | null): SessionCheck | null {
  if (given !== null) return { command: given, origin: 'given' }
  const read = (path: string) => {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {
      return null
    }
  }
  const found = discoverChecks(root, read).find((check) => check.kind === 'test')
  return found === undefined ? null : { command: found.command, origin: 'discovered' }
}

/** The nearest folder upwards that holds `.git`, else the folder itself. */
export function repositoryRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return cwd
  }
}
