import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { forgetWorktrees } from './forget-worktrees.ts'

/** Folder of all worktrees of a campaign on this machine: beside the data folder, which commands in them must not see. */
export const worktreesOf = (dataDir: string, campaign: string): string =>
  join(`${dataDir}-worktrees`, campaign)

/** Where one holder's worktree is. Its last part is what the repository knows it by, so it names the campaign too. */
export const worktreePath = (dataDir: string, campaign: string, holder: string): string =>
  join(worktreesOf(dataDir, campaign), `${campaign}.${holder}`)

/**
 * Removes worktrees of a campaign that nobody uses any more, and what the repository keeps about them: those of killed
 * processes, half-made ones too. `isUsed`: whether a holder still works in its own; `last`: nothing is to be left.
 */
export async function clearWorktrees(
  repository: string,
  dataDir: string,
  campaign: string,
  isUsed: (holder: string) => boolean,
  options: { last: boolean },
): Promise<void> {
  const folder = worktreesOf(dataDir, campaign)
  const prefix = `${campaign}.`
  const parent = dirname(folder)
  const real = existsSync(parent) ? join(realpathSync(parent), campaign) : folder
  if (existsSync(folder))
    for (const name of readdirSync(folder))
      // Others are scratch files of merges.
      if (!name.startsWith(prefix) || !isUsed(name.slice(prefix.length)))
        rmSync(join(folder, name), { recursive: true, force: true })
  if (options.last) rmSync(folder, { recursive: true, force: true })
  await forgetWorktrees(
    repository,
    ({ name, path }) =>
      path === null
        ? name.startsWith(prefix) && !isUsed(name.slice(prefix.length))
        : dirname(path) === real && !existsSync(path),
    options,
  )
}
