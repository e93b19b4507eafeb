import { isProtected } from '@cairn/guard'
import { openWorkspace, type ReviewChanges, type Workspace } from '@cairn/workspace'
import { statSync } from 'node:fs'
import { AgentError } from './errors.ts'

/** Opens the folder that a session works in. Throws `AgentError` `bad-folder` where it is none. */
export function openSessionWorkspace(
  options: { cwd: string; env: NodeJS.ProcessEnv },
  isApproved: (path: string) => boolean,
  review: ReviewChanges,
): Workspace {
  const stat = statSync(options.cwd, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isDirectory())
    throw new AgentError(
      'bad-folder',
      `${options.cwd} is not a folder`,
      'Give an existing folder with --cwd.',
    )
  // The last line of defence: what needs an approval is written only while a grant for it is in use.
  const guarded = (path: string) => {
    const found = isProtected(path)
    const free = found === null || (found.decision === 'ask' && isApproved(path))
    return free ? null : { protected: true, reason: found.reason }
  }
  return openWorkspace({ root: options.cwd, isProtected: guarded, review, env: options.env })
}
