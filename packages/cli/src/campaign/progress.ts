import { countPhases, type CampaignState, type UnitPhase } from '@cairn/campaigns'
import type { Event } from '@cairn/journal'
import { duration, money } from '../output/format.ts'
import type { LiveLine } from '../output/live-line.ts'

const MARKS: Record<UnitPhase, string> = {
  merged: '█',
  verified: '▓',
  running: '▒',
  pending: '·',
  'needs-human': '?',
  failed: '✗',
}
const GRID_WIDTH = 30
const JSON_EVERY_MS = 1_000

export interface Progress {
  event(event: Event): void
  show(campaign: string, state: CampaignState, running: ReadonlySet<string>): void
}

/** Units in order as a row of marks; where there are more than fit, a mark shows the state of several that is furthest back. */
export function unitGrid(state: CampaignState, running: ReadonlySet<string>, width: number): string {
  const order: readonly UnitPhase[] = ['failed', 'needs-human', 'running', 'pending', 'verified', 'merged']
  const phases = [...state.units.values()].map((unit): UnitPhase =>
    unit.phase === 'pending' && running.has(unit.id) ? 'running' : unit.phase,
  )
  const columns = Math.min(width, phases.length)
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * phases.length) / columns)
    const to = Math.floor(((column + 1) * phases.length) / columns)
    const part = new Set(phases.slice(from, to))
    return MARKS[order.find((phase) => part.has(phase)) ?? 'pending']
  }).join('')
}

/** Prints what happens in a campaign: lines for what a person wants to know, and one live line for the rest. */
export function createProgress(options: {
  write: (text: string) => void
  live: LiveLine
  /** Null: text for people. */
  json: ((text: string) => void) | null
  now: () => number
}): Progress {
  const { write, live, json, now } = options
  const started = now()
  let settledAtStart: number | null = null
  let saidAt = 0
  const line = (text: string) => {
    live.clear()
    write(`${text}\n`)
  }
  return {
    event(event) {
      switch (event.kind) {
        case 'campaign.started':
          line(
            `campaign ${event.body.name}: from ${event.body.base.slice(0, 12)} to branch ${event.body.branch}`,
          )
          break
        case 'campaign.planned':
          line(`${event.body.units.length} units`)
          break
        case 'campaign.handed-in':
          if (event.body.state === 'failed' || event.body.state === 'needs-human')
            line(`${event.body.state} ${event.body.unit}: ${event.body.reason ?? ''}`.slice(0, 400))
          break
        case 'campaign.returned':
          for (const { unit, reason } of event.body.units) line(`given back ${unit}: ${reason}`.slice(0, 400))
          break
        case 'campaign.merged':
          line(`merged ${event.body.units.length} units`)
          break
        default:
          break
      }
    },
    show(campaign, state, running) {
      const counts = countPhases(state, running)
      const total = state.units.size
      const settled = counts.merged + counts.failed + counts['needs-human'] + counts.verified
      settledAtStart ??= settled
      const done = settled - settledAtStart
      const elapsed = now() - started
      const rate = done / Math.max(1, elapsed)
      const etaMs = done === 0 ? null : (total - settled) / rate
      if (json !== null) {
        if (now() - saidAt < JSON_EVERY_MS) return
        saidAt = now()
        const { costUsd, tokens } = state
        const body = {
          counts,
          perMinute: Math.round(rate * 600_000) / 10,
          etaMs: etaMs === null ? null : Math.round(etaMs),
          costUsd,
          tokens,
        }
        json(
          `${JSON.stringify({ v: 1, type: 'campaign.progress', session: campaign, time: now(), ...body })}\n`,
        )
        return
      }
      live.set(() => {
        const cost = state.costUsd === null ? '' : ` · ${money(state.costUsd)}`
        const eta = etaMs === null ? '' : ` · about ${duration(etaMs)} left`
        return `${unitGrid(state, running, GRID_WIDTH)} ${settled}/${total} · ${running.size} running · ${(rate * 60_000).toFixed(0)}/min${cost}${eta}`
      })
    },
  }
}
