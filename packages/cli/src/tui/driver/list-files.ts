import { safeGit } from '@cairn/guard'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const MOST = 20_000
const SKIPPED = new Set(['.git', 'node_modules', '.venv', 'target', 'dist'])

/** Files of a folder that is no repository, nearest first. */
function walk(root: string): string[] {
  const files: string[] = []
  const folders = ['']
  for (let folder = folders.shift(); folder !== undefined && files.length < MOST; folder = folders.shift()) {
    try {
      for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path)
        else if (entry.isFile()) files.push(path)
      }
    } catch {
      // A folder that cannot be read has nothing to offer.
    }
  }
  return files
}

/** Paths that can be named with `@`: what git knows or would add, else what lies in the folder. */
export async function listFiles(root: string): Promise<string[]> {
  try {
    const { code, stdout } = await safeGit(['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      timeoutMs: 3_000,
    })
    if (code === 0) return stdout.toString('utf8').split('\0').filter(Boolean).slice(0, MOST)
  } catch {
    // A repository that git must not be run in is looked at like any folder.
  }
  return walk(root)
}
