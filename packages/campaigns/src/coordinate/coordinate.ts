import { setTimeout as sleep } from 'node:timers/promises'
import type { EventBodies } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { countPhases, isSettled, type UnitState } from '../state/campaign-state.ts'
import type { CampaignJournal } from '../state/campaign-journal.ts'
import type { Board, UnitJob } from '../unit/board.ts'
import { allGreen, runChecks } from '../unit/shell.ts'
import { handInEvent } from './hand-in.ts'
import type { IntegrationPlace } from './integration-place.ts'
import { mergeVerified } from './merge-verified.ts'
import { shareHead } from './share-head.ts'
import { stopReason } from './stop-reason.ts'
import type { WorkerCrew } from './worker-crew.ts'

type Finished = EventBodies['campaign.finished']

export interface CoordinateOptions {
  journal: CampaignJournal
  definition: Campaign
  fleet: Fleet
  place: IntegrationPlace
  /** Null: workers are started elsewhere. */
  crew: WorkerCrew | null
  /** How many units may be under way before it is worth waiting for a full batch. */
  workers: number
  /** What this campaign's units use up: `repo:…`, `provider:…`. */
  keys: string[]
  priority: number
  now: () => number
  signal: AbortSignal
  /** Told what the journal does not keep: units that workers have claimed or lost. */
  onRunning: (running: ReadonlySet<string>) => void
}

const POLL_MS = 30
const MAX_POLL_MS = 500
const OUTBOX_PAGE = 200
const CHECK_TIMEOUT_MS = 3_600_000

/** Runs a planned campaign until nothing is left to do, or until it has to stop. Gives how the run ended. */
export async function coordinate(options: CoordinateOptions): Promise<Finished> {
  const { journal, definition, fleet, place, now, signal } = options
  const { state } = journal
  const units = [...state.units.values()]
  const position = new Map(units.map((unit, index) => [unit.id, index]))
  const indexOf = (unit: UnitState): number => position.get(unit.id) ?? 0
  const jobOf = (unit: UnitState): string => `${indexOf(unit)}.${unit.attempt}`
  const unitOfJob = (job: string): UnitState | null => units[Number(job.split('.')[0])] ?? null
  const usesAgent = definition.recipe.at(-1)?.kind === 'agent'
  const started = now()
  const queued = new Set<string>()
  const running = new Set<string>()
  let outbox = state.outbox
  let published = ''
  let stuck: string | null = null
  /** How many units were in the batch that was stuck: only more of them can change that. */
  let stuckWith = 0
  let headGreen: Promise<boolean> | null = null
  let merging: Promise<void> | null = null
  let mergeFault: unknown = null
  let wait = POLL_MS

  const end = (
    status: Finished['status'],
    reason: string | null,
    checks: Finished['checks'] = [],
  ): Finished => ({
    status,
    reason,
    counts: countPhases(state, new Set()),
    branch: state.branch,
    head: state.head,
    checks,
  })
  const share = shareHead(journal, fleet)
  const publish = async () => {
    const key = `${state.head} ${state.entries.length} ${state.costUsd} ${state.tokens}`
    if (key === published) return
    await share()
    const { budget } = definition
    const board: Board = {
      campaign: journal.id,
      definition,
      repository: state.repository,
      head: state.head,
      entries: state.entries,
      outbox,
      left: {
        usd: budget.usd === null ? null : Math.max(0, budget.usd - (state.costUsd ?? 0)),
        tokens: budget.tokens === null ? null : Math.max(0, budget.tokens - state.tokens),
      },
    }
    await fleet.publish(journal.id, JSON.stringify(board), journal.store.fence ?? 0)
    published = key
  }
  const canaries = units.slice(0, definition.canary)
  const mayStart = (unit: UnitState) => state.approved || definition.canary === 0 || canaries.includes(unit)
  const isReady = (unit: UnitState) =>
    unit.phase === 'pending' &&
    mayStart(unit) &&
    unit.after.every((id) => {
      const other = state.units.get(id)
      return other === undefined || isSettled(other)
    })
  const enqueueReady = async () => {
    const ready = units.filter((unit) => !queued.has(jobOf(unit)) && isReady(unit))
    if (ready.length === 0) return
    await fleet.enqueue(
      journal.id,
      ready.map((unit) => {
        const payload: UnitJob = {
          unit: unit.id,
          files: unit.files,
          attempt: unit.attempt,
          feedback: unit.reason,
        }
        return { id: jobOf(unit), priority: -indexOf(unit), payload: JSON.stringify(payload) }
      }),
      journal.store.fence ?? 0,
    )
    for (const unit of ready) queued.add(jobOf(unit))
  }
  const readOutbox = async (): Promise<boolean> => {
    let news = false
    for (;;) {
      const events = await fleet.outbox(journal.id, outbox, OUTBOX_PAGE)
      const handedIn = events.flatMap((event) => {
        const unit = unitOfJob(event.job)
        if (unit === null) return []
        if (event.kind === 'claimed') running.add(unit.id)
        else running.delete(unit.id)
        const job = {
          unit: unit.id,
          files: unit.files,
          attempt: Number(event.job.split('.')[1]),
          feedback: null,
        }
        const found = handInEvent(journal, event, job)
        return found === null ? [] : [found]
      })
      if (handedIn.length > 0) {
        journal.append(...handedIn)
        // Their sessions need no successor any more.
        if (usesAgent) await fleet.forgetSegments(journal.id)
      }
      if (events.length > 0) options.onRunning(running)
      outbox = events.at(-1)?.seq ?? outbox
      news ||= events.length > 0
      if (events.length < OUTBOX_PAGE) return news
    }
  }
  const isHeadGreen = () =>
    (headGreen ??= (async () => {
      if (definition.check.batch.length === 0 || state.headGreen) return true
      await place.worktree.reset(state.head)
      return allGreen(
        await runChecks(place.shell, definition.check.batch, { timeoutMs: CHECK_TIMEOUT_MS, signal }),
      )
    })())
  const merge = async (batch: UnitState[]) => {
    const outcome = await mergeVerified({
      journal,
      definition,
      place,
      batch,
      headGreen: await isHeadGreen(),
      signal,
    })
    stuck = outcome.stuck
    stuckWith = stuck === null ? 0 : batch.length
    if (outcome.moved && outcome.stuck === null) headGreen = Promise.resolve(true)
    await publish()
  }
  const startMerge = (idle: boolean) => {
    if (merging !== null) return
    const verified = units.filter((unit) => unit.phase === 'verified')
    // A red head blames nobody: then only everything together can turn it green.
    if (verified.length === 0 || (stuck !== null && (!idle || verified.length <= stuckWith))) return
    if (!idle && verified.length < definition.batch && openJobs() >= options.workers) return
    const batch = stuck === null ? verified.slice(0, definition.batch) : verified
    merging = merge(batch)
      .catch((error: unknown) => {
        mergeFault = error
      })
      .finally(() => {
        merging = null
      })
  }
  const openJobs = () => units.filter((unit) => unit.phase === 'pending' && queued.has(jobOf(unit))).length

  await fleet.openQueue({ name: journal.id, keys: options.keys, priority: options.priority })
  await publish()
  if (usesAgent) await fleet.forgetSegments(journal.id)
  // Workers begin meanwhile. A fault is met by the merge that waits for it.
  isHeadGreen().catch(() => undefined)
  try {
    for (;;) {
      if (signal.aborted) return end('cancelled', 'it was interrupted')
      const news = await readOutbox()
      if (mergeFault !== null) throw mergeFault
      const stop = stopReason(state, definition, now() - started)
      if (stop !== null) {
        await (merging ?? Promise.resolve())
        return end(stop.status, stop.reason)
      }
      await publish()
      await enqueueReady()
      const idle = openJobs() === 0
      startMerge(idle)
      if (idle && merging === null && mergeFault === null) {
        const verified = units.some((unit) => unit.phase === 'verified')
        if (verified && stuck !== null)
          return end(
            'stopped',
            `The combined check was red before the campaign began, and still is: ${stuck}`,
          )
        if (!verified && !units.some(isReady)) {
          const waiting = units.some((unit) => unit.phase === 'pending')
          if (waiting && !state.approved && canaries.every(isSettled))
            return end('paused', canarySummary(canaries))
          if (!waiting) {
            await fleet.forgetCommits(journal.id)
            return await finish()
          }
        }
      }
      if (options.crew?.broken === true)
        throw new CampaignError(
          'fleet',
          'Workers end as soon as they are started.',
          'Run `cairn fleet worker` by hand to see why, then resume the campaign.',
        )
      wait = news ? POLL_MS : Math.min(MAX_POLL_MS, wait * 1.2)
      await (merging === null
        ? sleep(wait, undefined, { signal }).catch(() => undefined)
        : Promise.race([merging, sleep(wait)]))
    }
  } finally {
    // What was not started waits for the next run; what is under way is told to stop.
    if (units.some((unit) => unit.phase === 'pending'))
      await fleet.cancel(journal.id, journal.store.fence ?? 0).catch(() => undefined)
    await (merging ?? Promise.resolve())
  }

  async function finish(): Promise<Finished> {
    const commands = definition.check.final.length > 0 ? definition.check.final : definition.check.batch
    // It works in the same worktree.
    await isHeadGreen()
    await place.worktree.reset(state.head)
    const checks = await runChecks(place.shell, commands, { timeoutMs: CHECK_TIMEOUT_MS, signal })
    if (signal.aborted) return end('cancelled', 'it was interrupted')
    if (!allGreen(checks)) return end('failed', 'The final check on the integration branch is red.', checks)
    const open = units.filter((unit) => unit.phase !== 'merged').length
    return open === 0
      ? end('done', null, checks)
      : end('done-with-open-items', `${open} of ${units.length} units are not merged`, checks)
  }
}

function canarySummary(canaries: readonly UnitState[]): string {
  const bad = canaries.filter((unit) => unit.phase !== 'merged')
  return bad.length === 0
    ? `${canaries.length} canary units are merged: look at the branch, then resume with --approve`
    : `${bad.length} of ${canaries.length} canary units failed (${bad[0]?.id}: ${bad[0]?.reason?.slice(0, 300)}): resume with --approve to go on all the same`
}
