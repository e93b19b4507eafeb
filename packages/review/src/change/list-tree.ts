import { safeGit } from '@cairn/guard'
import { ReviewError } from '../review-error.ts'

/** A file of a tree: mode as git writes it, size in bytes (0 for a commit of another repository). */
export interface TreeEntry {
  path: string
  mode: string
  object: string
  size: number
}

/** All files of a tree by their path from the root. Throws `ReviewError` `bad-repository`. */
export async function listTree(
  cwd: string,
  tree: string,
  env: Record<string, string>,
): Promise<Map<string, TreeEntry>> {
  const { code, stdout, stderr } = await safeGit(['ls-tree', '-r', '-l', '-z', '--full-tree', tree], {
    cwd,
    env,
  })
  if (code !== 0)
    throw new ReviewError(
      'bad-repository',
      `The tree ${tree} cannot be read: ${stderr.trim()}`,
      'Look at the repository with `git fsck`.',
    )
  const entries = new Map<string, TreeEntry>()
  for (const line of stdout.toString('utf8').split('\0')) {
    const [, mode = '', object = '', size = '', path = ''] =
      /^(\d+) \w+ ([0-9a-f]+) +(-|\d+)\t([^]*)$/.exec(line) ?? []
    if (path !== '') entries.set(path, { path, mode, object, size: size === '-' ? 0 : Number(size) })
  }
  return entries
}
