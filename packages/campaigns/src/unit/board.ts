import type { CampaignEntry } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'

/** What every worker reads before each unit. */
export interface Board {
  campaign: string
  definition: Campaign
  /** The user's checkout: whose objects and dependencies are shared. */
  repository: string
  /** Integration head: where units start from. */
  head: string
  entries: (CampaignEntry & { unit: string })[]
  /** Position in the fleet's outbox up to which `entries` is complete. */
  outbox: number
  /** Money and tokens left for the campaign; null: no limit. */
  left: { usd: number | null; tokens: number | null }
}

/** One attempt at one unit, as it is queued. */
export interface UnitJob {
  unit: string
  files: string[]
  attempt: number
  /** Why the attempt before did not do. */
  feedback: string | null
}

/** What a worker hands in. */
export interface UnitResult {
  unit: string
  attempt: number
  state: 'verified' | 'pending' | 'needs-human' | 'failed'
  reason: string | null
  base: string
  /** Binary patch against `base`, in base64; null where nothing is to be changed. */
  patch: string | null
  checks: { command: string; exit: number | null; ok: boolean; ms: number; output: string }[]
  entries: CampaignEntry[]
  left: string[]
  /** The agent's session, where one worked on it. */
  work: string | null
  /** Set where a worker that was lost has left a session. */
  takeover?: { session: string; worker: string; events: number; refused: string | null }
  costUsd: number | null
  tokens: number
  ms: number
}

// Boards, jobs and results are written by this room alone, and pass through the fleet unchanged.
export const readBoard = (text: string): Board => JSON.parse(text) as Board
export const readJob = (text: string): UnitJob => JSON.parse(text) as UnitJob
export const readResult = (text: string): UnitResult => JSON.parse(text) as UnitResult
