import type { OwnGit } from '@cairn/guard'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { failed, type ChangedPath } from './work-state.ts'

/** Makes an index of its own, in `index`, that holds HEAD with some paths as they are in the working tree. */
export async function stageFiles(
  git: OwnGit,
  index: string,
  head: string | null,
  paths: readonly ChangedPath[],
): Promise<void> {
  const run = async (args: readonly string[], input = '') => {
    const { code, stderr } = await git.run(args, { index, input })
    if (code !== 0) throw failed(args[0] ?? '', stderr)
  }
  if (head !== null) await run(['read-tree', head])
  const gone = paths.filter((path) => isGone(git.repository.root, path))
  const there = paths.filter((path) => !gone.includes(path))
  // Removed first: a file may stand where a folder was, and the other way round.
  if (gone.length > 0) await run(['update-index', '--force-remove', '-z', '--stdin'], nulled(gone))
  if (there.length > 0) await run(['update-index', '--add', '--replace', '-z', '--stdin'], nulled(there))
}

const nulled = (paths: readonly ChangedPath[]) => paths.map(({ path }) => `${path}\0`).join('')

function isGone(root: string, { path, kind }: ChangedPath): boolean {
  try {
    const stat = lstatSync(join(root, path))
    return stat.isDirectory() && kind !== 'submodule'
  } catch {
    return true
  }
}
