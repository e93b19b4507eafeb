import { randomBytes } from 'node:crypto'
import { newSessionId, type Event, type EventBodies } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { CampaignState } from '../state/campaign-state.ts'
import { openCampaign } from '../state/campaign-journal.ts'
import { clearWorktrees } from '../git/worktree-folder.ts'
import { coordinate } from './coordinate.ts'
import { openIntegration, type Surroundings } from './integration-place.ts'
import { ensureBranch, planCampaign, startCampaign } from './start-campaign.ts'
import { keepWorkers, type StartedWorker } from './worker-crew.ts'

export interface CampaignRun extends Surroundings {
  /** A new campaign, or one to go on with. */
  target: { definition: Campaign; repository: string } | { id: string }
  version: string
  fleet: Fleet
  /** How many workers to start; 0: others do the work. */
  workers: number
  /** Starts a worker that serves the campaign's queue; `number` is never used twice in a run. */
  startWorker: (campaign: string, number: number) => StartedWorker
  /** Approves the canary units. */
  approve: 'person' | 'option' | null
  /** What a provider's limits are counted by; null: no model is used. */
  provider: string | null
  priority: number
  signal: AbortSignal
  listener: (id: string, event: Event) => void
  onProgress: (id: string, state: CampaignState, running: ReadonlySet<string>) => void
}

export interface CampaignEnd {
  id: string
  finished: EventBodies['campaign.finished']
}

/** Runs a campaign from where it is to its end, or until it has to stop. Only one process can, at a time. */
export async function runCampaign(run: CampaignRun): Promise<CampaignEnd> {
  const { target, dataDir, now, fleet } = run
  const id = 'id' in target ? target.id : newSessionId(now(), randomBytes)
  const journal = openCampaign(dataDir, id, {
    mode: 'writer',
    now,
    listener: (event) => run.listener(id, event),
    waitMs: 1_000,
  })
  try {
    const { state } = journal
    if ('definition' in target)
      await startCampaign(journal, target.definition, target.repository, run.version)
    const { definition } = state
    if (definition === null)
      throw new CampaignError(
        'no-campaign',
        `The campaign ${id} ended before it began.`,
        'Start it again from its file.',
      )
    const { repository } = state
    const { workers: known } = await fleet.status()
    const holders = new Set(known.map((worker) => worker.id))
    // Former coordinators are gone, or find that they were replaced.
    await clearWorktrees(repository, dataDir, id, (holder) => holders.has(holder), { last: false })
    const name = `integration-${journal.store.fence ?? 0}`
    const place = await openIntegration(repository, id, name, state.head, run)
    let ended = false
    try {
      await ensureBranch(journal, place)
      if (!state.planned) await planCampaign(journal, definition, place)
      if (run.approve !== null && !state.approved)
        journal.append({ kind: 'campaign.approved', body: { by: run.approve } })
      const usesModel = definition.recipe.at(-1)?.kind === 'agent'
      const keys = [`repo:${state.repository}`]
      if (usesModel && run.provider !== null) keys.push(`provider:${run.provider}`)
      const crew =
        run.workers === 0 ? null : keepWorkers(run.workers, (number) => run.startWorker(id, number), now)
      try {
        const finished = await coordinate({
          journal,
          definition,
          fleet,
          place,
          crew,
          workers: Math.max(1, run.workers),
          keys,
          priority: run.priority,
          now,
          signal: run.signal,
          onRunning: (running) => run.onProgress(id, state, running),
        })
        await crew?.close(finished.status === 'cancelled' ? 'stop' : 'drain')
        journal.append({ kind: 'campaign.finished', body: finished })
        ended = true
        return { id, finished }
      } finally {
        await crew?.close('stop')
      }
    } finally {
      await place.close()
      // What is left belongs to workers that were killed. Whoever was replaced leaves it to the one who replaced it.
      if (ended) await clearWorktrees(repository, dataDir, id, () => false, { last: true })
    }
  } finally {
    journal.close()
  }
}
