import {
  JournalError,
  loadOrCreateKey,
  openStore,
  type Event,
  type JournalStore,
  type NewEvent,
} from '@cairn/journal'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CampaignError } from '../errors.ts'
import { emptyCampaignState, type CampaignState } from './campaign-state.ts'
import { reduceCampaign } from './reduce-campaign.ts'

const END = '.sqlite'

const folder = (dataDir: string) => join(dataDir, 'campaigns')

/** File of a campaign's journal. */
const campaignPath = (dataDir: string, id: string): string => join(folder(dataDir), `${id}${END}`)

/** Ids of the campaigns of this machine, newest first. */
export function listCampaigns(dataDir: string): string[] {
  if (!existsSync(folder(dataDir))) return []
  return readdirSync(folder(dataDir))
    .filter((name) => name.endsWith(END))
    .map((name) => name.slice(0, -END.length))
    .sort()
    .reverse()
}

/** Whether anything is in the journal: its process may have been killed before it wrote what the campaign is. */
function hasBegun(dataDir: string, id: string): boolean {
  try {
    const journal = openCampaign(dataDir, id, { mode: 'reader', now: () => 0 })
    const begun = journal.state.definition !== null
    journal.close()
    return begun
  } catch (error) {
    if (error instanceof JournalError && error.code === 'not-found') return false
    throw error
  }
}

/** The one campaign whose id is, or begins with, `id`; without one the newest that has begun. Throws `no-campaign`. */
export function findCampaign(dataDir: string, id: string | null): string {
  const all = listCampaigns(dataDir)
  const newest = id === null ? all.find((each) => hasBegun(dataDir, each)) : undefined
  const found =
    id === null
      ? newest === undefined
        ? []
        : [newest]
      : all.includes(id)
        ? [id]
        : all.filter((each) => each.startsWith(id))
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const what =
    id === null
      ? 'There is no campaign yet.'
      : found.length > 1
        ? `More than one campaign begins with ${id}.`
        : `There is no campaign ${id}.`
  throw new CampaignError(
    'no-campaign',
    what,
    all.length === 0
      ? 'Start one with `cairn campaign run FILE.yaml`.'
      : `Known: ${all.slice(0, 10).join(', ')}.`,
  )
}

export interface CampaignJournal {
  readonly id: string
  readonly store: JournalStore
  readonly state: CampaignState
  /** Appends, and brings the state up to it. Throws `JournalError` `lease-lost` once another process has taken over. */
  append(...bodies: CampaignEvent[]): void
  close(): void
}

type Body<E> = E extends NewEvent ? Pick<E, 'kind' | 'body'> : never
export type CampaignEvent = Extract<Body<NewEvent>, { kind: `campaign.${string}` }>

/** Opens a campaign's journal: `writer` to run it (throws `locked` while another process does), `reader` to look at it. */
export function openCampaign(
  dataDir: string,
  id: string,
  options: {
    mode: 'writer' | 'reader'
    now: () => number
    listener?: (event: Event) => void
    waitMs?: number
  },
): CampaignJournal {
  const { mode, now, listener, waitMs } = options
  if (mode === 'writer') mkdirSync(folder(dataDir), { recursive: true, mode: 0o700 })
  const store = openStore(campaignPath(dataDir, id), {
    sessionId: id,
    mode,
    now,
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(mode === 'writer' ? { key: loadOrCreateKey(dataDir) } : {}),
  })
  const state = emptyCampaignState()
  for (const event of store.read()) reduceCampaign(state, event)
  return {
    id,
    store,
    state,
    append(...bodies) {
      const time = Math.floor(now())
      // Kind and body come as one value, so they belong together.
      const events = bodies.map((body) => ({ time, turn: 0, step: 0, ...body }) as NewEvent)
      for (const event of store.append(events)) {
        reduceCampaign(state, event)
        listener?.(event)
      }
    },
    close: () => store.close(),
  }
}
