import type { CampaignCheck, Event, NewEvent } from '@cairn/journal'
import { expect, test } from 'vitest'
import { emptyCampaignState, type CampaignState } from './campaign-state.ts'
import type { CampaignEvent } from './campaign-journal.ts'
import { reduceCampaign } from './reduce-campaign.ts'

function reduced(events: readonly CampaignEvent[]): CampaignState {
  const state = emptyCampaignState()
  for (const [index, event] of events.entries()) {
    const entry: NewEvent = { time: index, turn: 0, step: 0, ...event } as NewEvent
    reduceCampaign(state, { ...entry, seq: index + 1 } as Event)
  }
  return state
}

const check = (ok: boolean): CampaignCheck => ({ command: 'test', exit: ok ? 0 : 1, ok, ms: 1, output: '' })
const planned: CampaignEvent = {
  kind: 'campaign.planned',
  body: {
    units: [
      { id: 'a', files: ['a'], after: [] },
      { id: 'b', files: ['b'], after: [] },
    ],
  },
}
const handedIn = (
  unit: string,
  attempt: number,
  state: 'verified' | 'failed',
  outbox: number,
): CampaignEvent => ({
  kind: 'campaign.handed-in',
  body: {
    unit,
    attempt,
    outbox,
    state,
    reason: null,
    base: 'c0',
    patch: null,
    checks: [],
    entries: [],
    left: [],
    work: null,
    worker: 'w',
    costUsd: 0.5,
    tokens: 10,
    ms: 1,
  },
})
const merged = (unit: string, to: string, checks: CampaignCheck[]): CampaignEvent => ({
  kind: 'campaign.merged',
  body: { from: 'c0', to, units: [{ unit, commit: to }], checks },
})

test('the head is known to be green only behind a merge whose combined check was', () => {
  expect(reduced([planned]).headGreen).toBe(false)
  expect(reduced([planned, merged('a', 'c1', [check(true)])])).toMatchObject({ head: 'c1', headGreen: true })
  expect(reduced([planned, merged('a', 'c1', [check(true), check(false)])]).headGreen).toBe(false)
  // No check was run: nothing is known.
  expect(reduced([planned, merged('a', 'c1', [])]).headGreen).toBe(false)
  const back: CampaignEvent = {
    kind: 'campaign.rolled-back',
    body: { unit: 'a', from: 'c1', to: 'c2', checks: [check(true)] },
  }
  expect(reduced([planned, merged('a', 'c1', [check(true)]), back])).toMatchObject({
    head: 'c2',
    headGreen: false,
  })
})

test('what is handed in late, twice or for a settled unit changes nothing but what it cost', () => {
  const state = reduced([
    planned,
    handedIn('a', 1, 'verified', 4),
    merged('a', 'c1', [check(true)]),
    handedIn('a', 1, 'failed', 6),
    handedIn('b', 2, 'failed', 7),
  ])
  expect(state.units.get('a')).toMatchObject({ phase: 'merged', attempt: 1, commit: 'c1' })
  expect(state.units.get('b')).toMatchObject({ phase: 'pending', attempt: 1 })
  expect(state).toMatchObject({ outbox: 7, costUsd: 1.5, tokens: 30 })
})
