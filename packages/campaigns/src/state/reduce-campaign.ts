import type { Event, EventBodies } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'
import { isSettled, type CampaignState, type UnitState } from './campaign-state.ts'

/** Brings a campaign's state up to one event of its journal. */
export function reduceCampaign(state: CampaignState, event: Event): void {
  state.updatedAt = event.time
  if (event.kind === 'campaign.finished') {
    state.finished = event.body
    return
  }
  state.finished = null
  switch (event.kind) {
    case 'campaign.started': {
      const { name, repository, base, branch, definition } = event.body
      // Written from a value of this type; a field that came later is given its meaning where it is read.
      Object.assign(state, { name, repository, base, branch, head: base, startedAt: event.time })
      state.definition = definition as unknown as Campaign
      return
    }
    case 'campaign.planned':
      state.planned = true
      for (const unit of event.body.units) state.units.set(unit.id, newUnit(unit))
      return
    case 'campaign.approved':
      state.approved = true
      return
    case 'campaign.handed-in':
      handIn(state, event.body)
      return
    case 'campaign.returned':
      for (const { unit: id, state: phase, reason } of event.body.units) {
        const unit = state.units.get(id)
        if (unit === undefined) continue
        if (unit.patch !== null) unit.rejected.push(unit.patch.sha256)
        Object.assign(unit, { phase, reason, patch: null })
        if (phase === 'pending') unit.attempt += 1
      }
      return
    case 'campaign.merged':
      state.head = event.body.to
      state.headGreen = event.body.checks.length > 0 && event.body.checks.every((check) => check.ok)
      for (const { unit: id, commit } of event.body.units) {
        const unit = state.units.get(id)
        if (unit !== undefined) Object.assign(unit, { phase: 'merged', reason: null, commit })
      }
      return
    case 'campaign.rolled-back': {
      state.head = event.body.to
      state.headGreen = false
      const unit = state.units.get(event.body.unit)
      if (unit !== undefined) Object.assign(unit, { phase: 'failed', reason: 'rolled back', commit: null })
    }
  }
}

const newUnit = (unit: { id: string; files: string[]; after: string[] }): UnitState => ({
  ...unit,
  phase: 'pending',
  attempt: 1,
  reason: null,
  base: null,
  patch: null,
  rejected: [],
  commit: null,
  checks: [],
  left: [],
  work: null,
  takeover: null,
  worker: null,
  costUsd: null,
  tokens: 0,
  ms: 0,
})

function handIn(state: CampaignState, body: EventBodies['campaign.handed-in']): void {
  state.outbox = Math.max(state.outbox, body.outbox)
  if (body.costUsd !== null) state.costUsd = (state.costUsd ?? 0) + body.costUsd
  state.tokens += body.tokens
  const unit = state.units.get(body.unit)
  if (unit === undefined || isSettled(unit) || unit.attempt !== body.attempt) return
  unit.phase = body.state
  if (body.state === 'pending') unit.attempt += 1
  if (body.costUsd !== null) unit.costUsd = (unit.costUsd ?? 0) + body.costUsd
  unit.tokens += body.tokens
  unit.ms += body.ms
  const { reason, base, patch, checks, left, work, worker } = body
  const takeover = body.takeover ?? null
  Object.assign(unit, { reason, base, patch, checks, left, work, takeover, worker })
  for (const entry of body.entries) state.entries.push({ ...entry, unit: body.unit })
}
