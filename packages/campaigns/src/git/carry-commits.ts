import { CampaignError } from '../errors.ts'
import type { CommitPack } from '../fleet/commit-pack.ts'
import { commitOf, git, unlessKilled } from './git.ts'

/** All objects of `to` that a repository with `from` lacks. */
export const packCommits = (repository: string, from: string, to: string): Promise<Buffer> =>
  unlessKilled(() =>
    git(repository, ['pack-objects', '--revs', '--thin', '--stdout', '--quiet'], {
      input: `${to}\n^${from}\n`,
    }),
  )

/**
 * Sees to it that a repository has a commit: packs are asked for from it back to one that is there. Throws `bad-repository` where
 * they do not lead so far.
 */
export async function ensureCommit(
  repository: string,
  commit: string,
  find: (commit: string) => Promise<CommitPack | null>,
): Promise<void> {
  const missing: CommitPack[] = []
  for (let wanted = commit; (await commitOf(repository, wanted)) === null;) {
    const pack = await find(wanted)
    if (pack === null)
      throw new CampaignError(
        'bad-repository',
        `${repository} does not have the commit ${wanted}, which this unit starts from, and the fleet does not bring it.`,
        missing.length === 0
          ? 'Push the commit that the campaign starts from, and fetch it into this clone; or give the right clone with --cwd.'
          : 'It is the commit that the campaign starts from: push it, and fetch it into this clone; or give the right clone with --cwd.',
      )
    missing.push(pack)
    wanted = pack.from
  }
  for (const { pack } of missing.reverse())
    await unlessKilled(() => git(repository, ['unpack-objects', '-q', '--strict'], { input: pack }))
}
