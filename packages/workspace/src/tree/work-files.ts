import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { success } from '../fault.ts'
import type { Root } from '../paths/locate.ts'
import { type Ripgrep, runRipgrep } from '../search/ripgrep.ts'
import type { Outcome } from '../workspace.ts'
import { findRepository, trackedFiles } from './git-index.ts'

/** Folder names that never belong to the work, ignored or not, unless a file in them is tracked. */
export const GENERATED_NAMES: readonly string[] = ['node_modules', '.venv', '__pycache__']
/** Never part of the work, not even when tracked. */
export const OWN_NAMES: readonly string[] = ['.git', '.cairn']

/**
 * Paths of the files that belong to the work, sorted bytewise: tracked, or not ignored by `.gitignore` and
 * `.git/info/exclude`. Ignore files outside the repository do not count, so that the answer is the same on every machine.
 */
export async function workFiles(root: Root, rg: Ripgrep): Promise<Outcome<string[]>> {
  const found = new Set<string>()
  const args = ['--files', '--null', '--hidden', '--no-require-git', '--no-ignore-global', '--no-ignore-dot']
  if (findRepository(root.real) === null) args.push('--no-ignore-parent')
  const run = await runRipgrep(rg, [...args, ...notGlobs(), '--', '.'], root.real, '\0', (file) => {
    found.add(file.replace(/^\.[\\/]/, '').replaceAll('\\', '/'))
    return true
  })
  if (!run.ok) return run
  addLinks(root.real, found)
  for (const path of trackedFiles(root.real) ?? []) {
    if (!path.split('/').some((part) => OWN_NAMES.includes(part))) found.add(path)
  }
  return success(sortBytewise([...found]))
}

/** The order of UTF-8 bytes; it parts from that of UTF-16 units only where there are surrogates. */
function sortBytewise(paths: string[]): string[] {
  if (!paths.some((path) => /[\ud800-\udfff]/.test(path))) return paths.sort()
  const keyed = paths.map((path) => ({ path, key: Buffer.from(path) }))
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ path }) => path)
}

function notGlobs(): string[] {
  return [...OWN_NAMES, ...GENERATED_NAMES].map((name) => `--glob=!${name}`)
}

/** ripgrep lists no symbolic links, so those in the folders it listed are looked up. */
function addLinks(root: string, found: Set<string>): void {
  const folders = new Set(['.'])
  for (const file of found) {
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) folders.add(folder)
  }
  for (const folder of folders) {
    for (const entry of entriesOf(join(root, folder))) {
      if (!entry.isSymbolicLink() || OWN_NAMES.includes(entry.name) || GENERATED_NAMES.includes(entry.name))
        continue
      found.add(folder === '.' ? entry.name : `${folder}/${entry.name}`)
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Removed since it was listed.
    return []
  }
}
