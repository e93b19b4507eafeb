import { join } from 'node:path'
import { createCommits, type Commits } from '../git/commits.ts'
import { findDependencies, openWorktree, type Worktree } from '../git/worktree.ts'
import { worktreePath, worktreesOf } from '../git/worktree-folder.ts'
import { openShell, type Shell } from '../unit/shell.ts'
import { mkdirSync } from 'node:fs'

/** Where the coordinator plans, merges and runs combined checks. */
export interface IntegrationPlace {
  worktree: Worktree
  shell: Shell
  commits: Commits
  close(): Promise<void>
}

export interface Surroundings {
  dataDir: string
  home: string
  env: NodeJS.ProcessEnv
  /** Milliseconds since the epoch. */
  now: () => number
}

/** `name`: differs for each holder of the campaign's lease, so that a former one is not in the way. */
export async function openIntegration(
  repository: string,
  campaign: string,
  name: string,
  commit: string,
  { dataDir, home, env, now }: Surroundings,
): Promise<IntegrationPlace> {
  const folder = worktreesOf(dataDir, campaign)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const links = await findDependencies(repository)
  const worktree = await openWorktree(repository, worktreePath(dataDir, campaign, name), commit, links)
  const readable = links.map((link) => join(repository, link))
  const shell = openShell({ workspace: worktree.path, readable, home, env, dataDir, now })
  return {
    worktree,
    shell,
    commits: createCommits(repository, folder, () => Math.floor(now() / 1_000)),
    async close() {
      await shell.close()
      await worktree.remove()
    },
  }
}
