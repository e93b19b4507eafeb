import type { StepBoundary } from '@cairn/agent'
import { eventBlobs, eventLine } from '@cairn/journal'
import { CampaignError } from '../errors.ts'
import type { Claim, Fleet } from '../fleet/fleet.ts'
import type { SavedSession, SegmentTree, SessionSegment } from '../fleet/segment.ts'
import type { Worktree } from '../git/worktree.ts'

export interface Shipment {
  fleet: Pick<Fleet, 'saveSegment' | 'heartbeat'>
  claim: Claim
  session: string
  worktree: Pick<Worktree, 'tree'>
  /** Commit that the unit's files started from. */
  base: string
  /** Public key that the journal is signed with. */
  vkey: string
  /** What the fleet has of the session already. */
  saved: SavedSession | null
}

/**
 * Brings what a session gained to the fleet before each model call, with the state of its files. A fleet that cannot be reached
 * ends no session: only its word that the lease is lost does; what was not brought goes along the next time.
 */
export function shipSegments({ fleet, claim, session, worktree, base, vkey, saved }: Shipment): StepBoundary {
  let last = saved?.last ?? 0
  let tree = saved?.tree?.tree ?? null
  let isPaid = saved !== null
  let isTooLarge = false
  const sent = new Set(saved?.blobs.map((blob) => blob.sha256) ?? [])
  const beat = async () =>
    (await fleet.heartbeat(claim, claim.leaseMs)) === 'lost' ? ('lost' as const) : ('held' as const)
  const treeNow = async (): Promise<SegmentTree | null> => {
    const now = await worktree.tree.take()
    return now === tree ? null : { base, tree: now, patch: await worktree.tree.patch(base, now) }
  }

  /** All of one moment: the journal may grow while the files are looked at. */
  const growth = (journal: Parameters<StepBoundary>[0]): Omit<SessionSegment, 'tree'> => {
    const { size, root } = journal.head()
    const signer = { vkey, note: journal.sign() }
    const lines: string[] = []
    const blobs = new Map<string, Uint8Array>()
    for (const event of journal.raw(last + 1)) {
      lines.push(`${eventLine(event)}\n`)
      isPaid ||= event.kind === 'model.answered'
      for (const sha256 of eventBlobs(event.kind, JSON.parse(Buffer.from(event.body).toString('utf8')))) {
        const bytes = sent.has(sha256) ? null : journal.getBlob(sha256)
        if (bytes !== null) blobs.set(sha256, bytes)
      }
    }
    return {
      session,
      first: last + 1,
      last: size,
      events: Buffer.from(lines.join('')),
      root,
      signer,
      blobs: [...blobs].map(([sha256, bytes]) => ({ sha256, bytes })),
    }
  }

  return async (journal) => {
    try {
      if (isTooLarge || journal.head().size === last) return await beat()
      const gained = growth(journal)
      // A session without a paid step is begun again as cheaply as it is carried, and on the newest files.
      if (!isPaid) return await beat()
      const segment = { ...gained, tree: await treeNow() }
      isTooLarge = (await fleet.saveSegment(claim, segment)) === 'too-large'
      if (isTooLarge) return 'held'
      last = segment.last
      tree = segment.tree?.tree ?? tree
      for (const { sha256 } of segment.blobs) sent.add(sha256)
      return 'held'
    } catch (error) {
      return CampaignError.isInstance(error) && error.code === 'lease-lost' ? 'lost' : 'held'
    }
  }
}
