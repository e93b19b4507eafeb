import type { BlobRef, CampaignCheck, CampaignEntry, EventBodies } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'

export type UnitPhase = 'pending' | 'running' | 'verified' | 'merged' | 'needs-human' | 'failed'
export const PHASES: readonly UnitPhase[] = [
  'pending',
  'running',
  'verified',
  'merged',
  'needs-human',
  'failed',
]

export interface UnitState {
  id: string
  files: string[]
  after: string[]
  /** `running` is known by the fleet alone and not kept here. */
  phase: Exclude<UnitPhase, 'running'>
  /** The attempt under way, or that came to the present phase; from 1. */
  attempt: number
  reason: string | null
  base: string | null
  patch: BlobRef | null
  /** Patches that were given back. */
  rejected: string[]
  commit: string | null
  checks: CampaignCheck[]
  left: string[]
  /** The agent's session, where one worked on it. */
  work: string | null
  /** What became of the session that a lost worker has left; null where none has. */
  takeover: NonNullable<EventBodies['campaign.handed-in']['takeover']> | null
  worker: string | null
  costUsd: number | null
  tokens: number
  ms: number
}

export interface CampaignState {
  name: string
  definition: Campaign | null
  repository: string
  base: string
  branch: string
  head: string
  /** Whether the combined check is known to be green on the head. */
  headGreen: boolean
  /** In order; empty before the work-list is made. */
  units: Map<string, UnitState>
  planned: boolean
  entries: (CampaignEntry & { unit: string })[]
  /** Position in the fleet's outbox up to which results are in the journal. */
  outbox: number
  approved: boolean
  /** Null as long as no priced model was used. */
  costUsd: number | null
  tokens: number
  startedAt: number
  updatedAt: number
  /** End of the last run; null while one goes on, or where it was killed. */
  finished: EventBodies['campaign.finished'] | null
}

export const emptyCampaignState = (): CampaignState => ({
  name: '',
  definition: null,
  repository: '',
  base: '',
  branch: '',
  head: '',
  headGreen: false,
  units: new Map(),
  planned: false,
  entries: [],
  outbox: 0,
  approved: false,
  costUsd: null,
  tokens: 0,
  startedAt: 0,
  updatedAt: 0,
  finished: null,
})

/** Whether a unit needs nothing more from the campaign. */
export const isSettled = (unit: UnitState): boolean =>
  unit.phase === 'merged' || unit.phase === 'failed' || unit.phase === 'needs-human'

/** Units by phase. `running`: those that the fleet has given to workers. */
export function countPhases(state: CampaignState, running: ReadonlySet<string>): Record<UnitPhase, number> {
  const counts: Record<UnitPhase, number> = {
    pending: 0,
    running: 0,
    verified: 0,
    merged: 0,
    'needs-human': 0,
    failed: 0,
  }
  for (const unit of state.units.values())
    counts[unit.phase === 'pending' && running.has(unit.id) ? 'running' : unit.phase] += 1
  return counts
}
