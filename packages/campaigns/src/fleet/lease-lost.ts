import { CampaignError } from '../errors.ts'
import type { Claim } from './fleet.ts'
import type { SessionSegment } from './segment.ts'

/** What a coordinator is told after another one has taken over. */
export const queueLost = (queue: string): CampaignError =>
  new CampaignError(
    'lease-lost',
    `Another process coordinates the queue ${queue} by now.`,
    'Nothing was written. `cairn campaign status` shows what the other process does.',
  )

/** What a worker is told whose job was given to another one, or taken away. */
export const leaseLost = ({ queue, job, fence }: Claim): CampaignError =>
  new CampaignError(
    'lease-lost',
    `The lease on ${queue}/${job} with fence ${fence} has ended.`,
    'Nothing was written; the job goes on elsewhere.',
  )

/** A segment that does not follow the last one that was saved: a defect, or a second writer with the same claim. */
export const segmentGap = ({ queue, job }: Claim, { session, first, last }: SessionSegment): CampaignError =>
  new CampaignError(
    'fleet',
    `Events ${first} to ${last} of the session ${session} do not follow what the fleet has of ${queue}/${job}.`,
    'Nothing was written. This is a defect of cairn: please report it.',
  )
