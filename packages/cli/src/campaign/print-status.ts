import { countPhases, findCampaign, openCampaign, PHASES } from '@cairn/campaigns'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { money, oneLine } from '../output/format.ts'
import { campaignPlace, openFleet } from './open-fleet.ts'
import { unitGrid } from './progress.ts'

const SHOWN = 20

/** Prints the state of one campaign, from its journal and the fleet. */
export async function printStatus(invocation: Invocation, word: string | null): Promise<number> {
  const { io, values } = invocation
  const place = campaignPlace(invocation)
  const id = findCampaign(place.dataDir, word)
  const journal = openCampaign(place.dataDir, id, { mode: 'reader', now: place.now })
  const fleet = await openFleet(invocation, place)
  try {
    const { state } = journal
    const { workers } = await fleet.status()
    const units = [...state.units.values()]
    const running = new Set(
      workers.flatMap(({ job }) => {
        const index =
          job?.startsWith(`${id}/`) === true ? Number(job.slice(id.length + 1).split('.')[0]) : null
        const unit = index === null ? undefined : units[index]
        return unit === undefined ? [] : [unit.id]
      }),
    )
    const counts = countPhases(state, running)
    const status = state.finished?.status ?? (running.size > 0 ? 'running' : 'interrupted')
    const open = units.filter((unit) => unit.phase === 'failed' || unit.phase === 'needs-human')
    if (values['json'] === true) {
      const { name, branch, head, base, costUsd, tokens } = state
      io.stdout.write(
        `${JSON.stringify({ campaign: id, name, status, reason: state.finished?.reason ?? null, counts, branch, head, base, costUsd, tokens, open: open.map(({ id: unit, phase, reason }) => ({ unit, state: phase, reason })) })}\n`,
      )
      return EXIT.ok
    }
    const lines = [
      `${id}  ${state.name}  ${status}${state.finished?.reason === null || state.finished === null ? '' : ` (${state.finished.reason})`}`,
      unitGrid(state, running, 60),
      PHASES.map((phase) => `${counts[phase]} ${phase}`).join(' · '),
      `branch ${state.branch} at ${state.head.slice(0, 12)}${state.costUsd === null ? '' : ` · ${money(state.costUsd)}`}`,
      ...open.slice(0, SHOWN).map((unit) => `${unit.phase} ${unit.id}: ${oneLine(unit.reason ?? '', 100)}`),
      ...(open.length > SHOWN ? [`and ${open.length - SHOWN} more: cairn campaign report ${id}`] : []),
    ]
    io.stdout.write(escapeForDisplay(`${lines.join('\n')}\n`))
    return EXIT.ok
  } finally {
    await fleet.close()
    journal.close()
  }
}
