import type { Campaign } from '../define/campaign.ts'
import type { CampaignState } from '../state/campaign-state.ts'

/** Why no more units may start; null where they may. `elapsedMs`: of this run. */
export function stopReason(
  state: CampaignState,
  { budget, stop }: Campaign,
  elapsedMs: number,
): { status: 'budget' | 'stopped'; reason: string } | null {
  const { usd, tokens, minutes } = budget
  if (usd !== null && state.costUsd !== null && state.costUsd >= usd)
    return { status: 'budget', reason: `$${state.costUsd.toFixed(2)} of $${usd} are spent` }
  if (tokens !== null && state.tokens >= tokens)
    return { status: 'budget', reason: `${state.tokens} of ${tokens} tokens are used` }
  if (minutes !== null && elapsedMs >= minutes * 60_000)
    return { status: 'budget', reason: `${minutes} minutes have passed` }
  let settled = 0
  let bad = 0
  for (const { phase } of state.units.values()) {
    if (phase === 'failed' || phase === 'needs-human') bad += 1
    if (phase !== 'pending') settled += 1
  }
  if (settled >= stop.after && bad / settled > stop.failureRate)
    return {
      status: 'stopped',
      reason: `${bad} of ${settled} units failed, more than the allowed share of ${stop.failureRate}`,
    }
  return null
}
