import { findCampaign, rollBackUnit } from '@cairn/campaigns'
import { escapeForDisplay } from '@cairn/guard'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Invocation } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { UsageError } from '../usage-error.ts'
import { campaignPlace } from './open-fleet.ts'

/** Takes one merged unit back. */
export async function rollBack(invocation: Invocation, [word, unit]: readonly string[]): Promise<number> {
  if (word === undefined || unit === undefined)
    throw new UsageError(
      'cairn campaign rollback takes a campaign and a unit',
      'See `cairn campaign report` for their names.',
    )
  const { io, values } = invocation
  const place = campaignPlace(invocation)
  const id = findCampaign(place.dataDir, word)
  const cancel = cancelOnSignal(io, Date.now)
  try {
    const result = await rollBackUnit(id, unit, place, cancel.signal)
    if (values['json'] === true)
      io.stdout.write(`${JSON.stringify({ type: 'campaign.rolled-back', campaign: id, unit, ...result })}\n`)
    else if (result.ok)
      io.stdout.write(
        escapeForDisplay(`${unit} is taken back; the branch is at ${result.head.slice(0, 12)}\n`),
      )
    else io.stdout.write(escapeForDisplay(`${unit} stays: ${result.reason}\n`))
    return result.ok ? EXIT.ok : EXIT.failed
  } finally {
    cancel.done()
  }
}
