import type { OwnGit } from '@cairn/guard'
import { ReviewError } from '../review-error.ts'

/** One file that differs from HEAD, in the index or in the working tree. Paths from the root of the repository. */
export interface ChangedPath {
  path: string
  /** `untracked` is a new file that git was not told of; `submodule` the commit of another repository. */
  kind: 'file' | 'untracked' | 'submodule' | 'nested repository'
  /** In the index as against HEAD, in the working tree as against the index. */
  staged: boolean
  unstaged: boolean
}

/** All that differs from HEAD. Throws `ReviewError` `not-committed` where files are in conflict. */
export async function readWorkState(git: OwnGit): Promise<ChangedPath[]> {
  // Dirty files inside a submodule are not looked for: git would have to run in there, by its configuration.
  const { code, stdout, stderr } = await git.run([
    'status',
    '--porcelain=v2',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=dirty',
  ])
  if (code !== 0) throw failed('status', stderr)
  const found = parseStatus(stdout.toString('utf8'))
  if (found.conflicts.length > 0)
    throw new ReviewError(
      'not-committed',
      `Nothing was committed: ${found.conflicts.slice(0, 5).join(', ')} ${found.conflicts.length === 1 ? 'is' : 'are'} in conflict.`,
      'Resolve the conflict and stage the result with `git add`.',
    )
  return found.changed
}

/** Reads `git status --porcelain=v2 -z --no-renames`. */
export function parseStatus(text: string): { changed: ChangedPath[]; conflicts: string[] } {
  const changed: ChangedPath[] = []
  const conflicts: string[] = []
  for (const line of text.split('\0')) {
    if (line.startsWith('? ')) {
      const path = line.slice(2)
      // Only a folder that git does not look into ends like that.
      if (path.endsWith('/'))
        changed.push({ path: path.slice(0, -1), kind: 'nested repository', staged: false, unstaged: true })
      else changed.push({ path, kind: 'untracked', staged: false, unstaged: true })
    } else if (line.startsWith('u ')) conflicts.push(line.split(' ').slice(10).join(' '))
    else if (line.startsWith('1 ')) {
      const [, xy = '..', sub = 'N...'] = line.split(' ', 3)
      changed.push({
        path: line.split(' ').slice(8).join(' '),
        kind: sub.startsWith('S') ? 'submodule' : 'file',
        staged: xy[0] !== '.',
        unstaged: xy[1] !== '.',
      })
    }
  }
  return { changed, conflicts }
}

export const failed = (command: string, stderr: string) =>
  new ReviewError(
    'not-committed',
    `Nothing was committed: git ${command} failed: ${stderr.trim().slice(0, 2_000) || 'it said nothing'}`,
    'Look at what git says, and run the command again.',
  )
