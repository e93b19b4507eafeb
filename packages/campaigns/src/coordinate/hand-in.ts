import type { FleetEvent } from '../fleet/fleet.ts'
import type { CampaignEvent, CampaignJournal } from '../state/campaign-journal.ts'
import { readResult } from '../unit/board.ts'
import type { UnitJob } from '../unit/board.ts'

/** What the journal is to say about one entry of the outbox; null where it says nothing new. */
export function handInEvent(
  journal: CampaignJournal,
  event: FleetEvent,
  job: UnitJob | null,
): CampaignEvent | null {
  if (event.kind === 'dead') {
    if (job === null) return null
    return {
      kind: 'campaign.handed-in',
      body: {
        unit: job.unit,
        attempt: job.attempt,
        outbox: event.seq,
        state: 'failed',
        reason: `given up after ${event.attempt} attempts of the fleet: ${event.body.slice(0, 1_000)}`,
        base: null,
        patch: null,
        checks: [],
        entries: [],
        left: [],
        work: null,
        worker: event.worker,
        costUsd: null,
        tokens: 0,
        ms: 0,
      },
    }
  }
  if (event.kind !== 'done') return null
  const { patch, ...result } = readResult(event.body)
  const bytes = patch === null ? null : Buffer.from(patch, 'base64')
  const unit = journal.state.units.get(result.unit)
  const definition = journal.state.definition
  let { state, reason } = result
  const ref = bytes === null ? null : journal.store.putBlob(bytes)
  if (state === 'pending' && result.attempt >= (definition?.attempts ?? 1)) state = 'needs-human'
  // A recipe that makes again what was refused would be refused for ever.
  if (state === 'verified' && ref !== null && unit?.rejected.includes(ref.sha256) === true) {
    state = 'needs-human'
    reason = `It was given back (${unit.reason ?? ''}), and the next attempt made the same change.`
  }
  return {
    kind: 'campaign.handed-in',
    body: { ...result, state, reason, patch: ref, outbox: event.seq, worker: event.worker },
  }
}
