import { CampaignError } from '../errors.ts'
import type { Claim } from './fleet.ts'

/** What a worker is told whose job was given to another one, or taken away. */
export const leaseLost = ({ queue, job, fence }: Claim): CampaignError =>
  new CampaignError(
    'lease-lost',
    `The lease on ${queue}/${job} with fence ${fence} has ended.`,
    'Nothing was written; the job goes on elsewhere.',
  )
