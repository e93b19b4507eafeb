import type { SigningKey } from '@cairn/journal'
import type { Claim, Fleet } from '../fleet/fleet.ts'
import type { SavedSession } from '../fleet/segment.ts'
import { CampaignError } from '../errors.ts'
import { ensureCommit } from '../git/carry-commits.ts'
import type { Worktree } from '../git/worktree.ts'
import { restoreSession, type Restored } from './restore-session.ts'

export type TakenOver =
  | (Extract<Restored, { ok: true }> & { saved: SavedSession; base: string })
  | { ok: false; saved: SavedSession; reason: string }

export interface TakeOverPlace {
  fleet: Pick<Fleet, 'segments' | 'heartbeat' | 'commits'>
  worktree: Worktree
  dataDir: string
  key: SigningKey
  now: () => number
}

/**
 * Makes the files and the journal of the session that a former holder of the job has left, so that it can be gone on with. Null
 * where there is none. `prefix`: how the names of this job's sessions begin.
 */
export async function takeOver(
  claim: Claim,
  prefix: string,
  place: TakeOverPlace,
): Promise<TakenOver | null> {
  const { fleet, worktree, dataDir, key, now } = place
  const saved = await fleet.segments(claim)
  if (saved === null) return null
  const refuse = (reason: string): TakenOver => ({ ok: false, saved, reason })
  if (!saved.session.startsWith(prefix)) return refuse('it is a session of something else')
  if (saved.tree === null) return refuse('the state of its files was not saved')
  const { base, tree, patch } = saved.tree
  try {
    await ensureCommit(worktree.path, base, (commit) => fleet.commits(claim.queue, commit))
  } catch (error) {
    if (CampaignError.isInstance(error) && error.code === 'bad-repository') return refuse(error.message)
    throw error
  }
  if (!(await worktree.tree.restore(base, tree, patch)))
    return refuse(`its files cannot be made again: the patch does not lead from ${base} to the tree ${tree}`)
  const restored = await restoreSession(saved, {
    dataDir,
    key,
    now,
    cwd: worktree.path,
    fence: claim.fence,
    isHeld: async () => (await fleet.heartbeat(claim, claim.leaseMs)) !== 'lost',
  })
  return restored.ok ? { ...restored, saved, base } : refuse(restored.reason)
}
