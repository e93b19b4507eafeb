import { PACK_LIMIT } from '../fleet/commit-pack.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { packCommits } from '../git/carry-commits.ts'
import type { CampaignJournal } from '../state/campaign-journal.ts'

/** Gives a function that brings the integration head to the fleet, for workers whose clones have only the campaign's base. */
export function shareHead(
  journal: CampaignJournal,
  fleet: Pick<Fleet, 'reach' | 'shareCommits' | 'commits'>,
): () => Promise<void> {
  const { state } = journal
  let shared: string | null = null
  return async () => {
    const { head, base, repository } = state
    if (fleet.reach === 'machine' || head === shared) return
    const isThere = head === base || (shared === null && (await fleet.commits(journal.id, head)) !== null)
    if (!isThere) {
      const from = shared ?? base
      const pack = await packCommits(repository, from, head)
      // A worker that needs it says what it lacks.
      if (pack.length <= PACK_LIMIT)
        await fleet.shareCommits(journal.id, { from, to: head, pack }, journal.store.fence ?? 0)
    }
    shared = head
  }
}
