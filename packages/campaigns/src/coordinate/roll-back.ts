import type { CampaignCheck } from '@cairn/journal'
import { CampaignError } from '../errors.ts'
import { openCampaign } from '../state/campaign-journal.ts'
import { allGreen, runChecks } from '../unit/shell.ts'
import { openIntegration, type Surroundings } from './integration-place.ts'
import { ensureBranch } from './start-campaign.ts'

const CHECK_TIMEOUT_MS = 3_600_000

export type RollBack =
  | { ok: true; head: string; checks: CampaignCheck[] }
  | { ok: false; reason: string; checks: CampaignCheck[] }

/**
 * Takes one merged unit back on the integration branch, if the combined check stays green without it. Throws
 * `CampaignError` `no-campaign` where the unit is not merged, `JournalError` `locked` while the campaign runs.
 */
export async function rollBackUnit(
  id: string,
  unitId: string,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<RollBack> {
  const { dataDir, now } = surroundings
  const journal = openCampaign(dataDir, id, { mode: 'writer', now })
  try {
    const { state } = journal
    const unit = state.units.get(unitId)
    if (unit?.phase !== 'merged' || unit.commit === null)
      throw new CampaignError(
        'no-campaign',
        unit === undefined
          ? `The campaign ${id} has no unit ${unitId}.`
          : `The unit ${unitId} is ${unit.phase === 'merged' ? 'merged without any change' : unit.phase}: there is nothing to take back.`,
        'See `cairn campaign report`.',
      )
    const place = await openIntegration(
      state.repository,
      id,
      `integration-${journal.store.fence ?? 0}`,
      state.head,
      surroundings,
    )
    try {
      await ensureBranch(journal, place)
      const from = state.head
      const replay = await place.commits.revert(
        from,
        unit.commit,
        `${state.name}: take back ${unitId}\n\nCampaign: ${id}\n`,
      )
      if (!replay.ok)
        return {
          ok: false,
          reason: `Units that were merged later build on it (${replay.detail}).`,
          checks: [],
        }
      await place.worktree.reset(replay.commit)
      const commands = state.definition?.check.batch ?? []
      const checks = await runChecks(place.shell, commands, { timeoutMs: CHECK_TIMEOUT_MS, signal })
      if (!allGreen(checks)) return { ok: false, reason: 'The combined check is red without it.', checks }
      journal.append({
        kind: 'campaign.rolled-back',
        body: { unit: unitId, from, to: replay.commit, checks },
      })
      await ensureBranch(journal, place)
      return { ok: true, head: replay.commit, checks }
    } finally {
      await place.close()
    }
  } finally {
    journal.close()
  }
}
