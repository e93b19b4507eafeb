import { openOwnGit, type OwnGit } from '@cairn/guard'
import { AgentError } from '../errors.ts'

/** A checkout of its own that a session works in. Kept in its first event. */
export interface SessionWorktree {
  /** Root of the checkout that it belongs to, of the worktree, and the branch that is checked out there. */
  home: string
  root: string
  branch: string
  /** Commit that it began on. */
  base: string
}

/** The person's git in a checkout, without hooks. Throws `AgentError` `bad-folder` where there is no repository. */
export async function gitOf(folder: string, env: NodeJS.ProcessEnv): Promise<OwnGit> {
  const git = await openOwnGit({ cwd: folder, env, hooks: false })
  if (git !== null) return git
  throw new AgentError('bad-folder', `${folder} is in no git repository`, 'A worktree needs one: `git init`.')
}

/** What git prints. Throws `AgentError` `worktree` where it fails. */
export async function printed(git: OwnGit, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await git.run(args, { input })
  if (code === 0) return stdout.toString('utf8')
  throw new AgentError(
    'worktree',
    `git ${args[0] ?? ''} failed: ${stderr.trim() || `exit code ${code}`}`,
    'Look at `git worktree list`, and run the command again.',
  )
}

/** Paths of files that differ from HEAD or are new, ignored ones left out. */
export async function changedPaths(git: OwnGit): Promise<string[]> {
  const text = await printed(git, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=dirty',
  ])
  return namesIn(text).map((entry) => entry.slice(3))
}

/** Names ended by NUL, as `-z` prints them. */
export const namesIn = (text: string): string[] => text.split('\0').filter(Boolean)
