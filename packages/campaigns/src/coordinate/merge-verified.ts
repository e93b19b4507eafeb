import type { Campaign } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import { mergeBatch, type Candidate } from '../merge/merge-batch.ts'
import type { UnitState } from '../state/campaign-state.ts'
import type { CampaignJournal } from '../state/campaign-journal.ts'
import { ensureBranch } from './start-campaign.ts'
import type { IntegrationPlace } from './integration-place.ts'

const CHECK_TIMEOUT_MS = 3_600_000

/** Merges verified units in order, journals what came of it, then moves the branch. */
export async function mergeVerified(options: {
  journal: CampaignJournal
  definition: Campaign
  place: IntegrationPlace
  batch: readonly UnitState[]
  headGreen: boolean
  signal: AbortSignal
}): Promise<{ moved: boolean; stuck: string | null; runs: number }> {
  const { journal, definition, place, batch, headGreen, signal } = options
  const { state, store } = journal
  const candidates = batch.map((unit): Candidate => {
    const patch = unit.patch === null ? null : store.getBlob(unit.patch.sha256)
    if (unit.patch !== null && patch === null)
      throw new CampaignError(
        'git',
        `The patch of ${unit.id} is not in the journal.`,
        'Verify it: cairn log verify.',
      )
    return {
      unit: unit.id,
      base: unit.base ?? state.base,
      patch,
      message: `${definition.name}: ${unit.id}\n\nCampaign: ${journal.id}\n`,
    }
  })
  const head = state.head
  const outcome = await mergeBatch(head, candidates, headGreen, {
    commits: place.commits,
    worktree: place.worktree,
    shell: place.shell,
    commands: definition.check.batch,
    timeoutMs: CHECK_TIMEOUT_MS,
    signal,
  })
  const agent = definition.recipe.at(-1)?.kind === 'agent'
  const phaseOf = (id: string, cause: 'conflict' | 'red'): 'pending' | 'needs-human' => {
    const unit = state.units.get(id)
    if (unit === undefined || unit.attempt >= definition.attempts) return 'needs-human'
    // On the same files a recipe does the same again.
    return cause === 'red' && !agent && unit.base === outcome.head ? 'needs-human' : 'pending'
  }
  // One append: a crash leaves both or none.
  journal.append(
    ...(outcome.merged.length > 0
      ? [
          {
            kind: 'campaign.merged' as const,
            body: { from: head, to: outcome.head, units: outcome.merged, checks: outcome.checks },
          },
        ]
      : []),
    ...(outcome.returned.length > 0
      ? [
          {
            kind: 'campaign.returned' as const,
            body: {
              units: outcome.returned.map(({ unit, cause, reason }) => ({
                unit,
                state: phaseOf(unit, cause),
                reason,
              })),
            },
          },
        ]
      : []),
  )
  if (outcome.head !== head) await ensureBranch(journal, place)
  return { moved: outcome.head !== head, stuck: outcome.stuck, runs: outcome.runs }
}
