import { setTimeout as sleep } from 'node:timers/promises'
import { CampaignError } from '../errors.ts'
import type { Claim, Fleet } from './fleet.ts'

/** Does one job and gives what is handed in. Ends soon after `signal` is aborted. */
export type Execute = (claim: Claim, signal: AbortSignal) => Promise<string>

export interface WorkerOptions {
  fleet: Fleet
  id: string
  host: string
  pid: number
  execute: Execute
  /** Serve this queue only; null: any. */
  queue: string | null
  /** Aborted: finish the job under way, then leave. */
  drain: AbortSignal
  /** Aborted: give the job back at once and leave. */
  stop: AbortSignal
  /** Default 15,000 ms. */
  leaseMs?: number
  /** Wait between two looks at an empty queue. Default 50 ms, doubled up to 1,000 ms. */
  pollMs?: number
}

const MAX_POLL_MS = 1_000

/** Claims and does jobs until it is drained or stopped. Throws `bad-repository` where it cannot: the job is given back then. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { fleet, id, drain, stop, leaseMs = 15_000, pollMs = 50 } = options
  await fleet.register({ id, host: options.host, pid: options.pid })
  let wait = pollMs
  try {
    while (!drain.aborted && !stop.aborted) {
      const claim = await fleet.claim(id, { leaseMs, queue: options.queue })
      if (claim === null) {
        if (await fleet.seen(id)) break
        await sleep(wait, undefined, { signal: AbortSignal.any([drain, stop]) }).catch(() => undefined)
        wait = Math.min(MAX_POLL_MS, wait * 2)
        continue
      }
      wait = pollMs
      const asked = await doJob(claim, options, leaseMs)
      if (asked) break
    }
  } finally {
    await fleet.unregister(id)
  }
}

/** Gives whether the fleet has asked this worker to leave meanwhile. */
async function doJob(
  claim: Claim,
  { fleet, id, execute, stop }: WorkerOptions,
  leaseMs: number,
): Promise<boolean> {
  const lost = new AbortController()
  let leave = false
  const beat = async () => {
    // A fleet that cannot be reached now may be reached before the lease ends: only its word ends the work.
    const held = await fleet.heartbeat(claim, leaseMs).catch(() => 'held' as const)
    if (held !== 'held') lost.abort(held)
    leave = await fleet.seen(id).catch(() => leave)
  }
  // A cancelled job is still this worker's to give back: else whoever resumes waits for the lease to end.
  const isGivenUp = () => (lost.signal.aborted ? lost.signal.reason === 'cancelled' : stop.aborted)
  const heart = setInterval(() => void beat(), leaseMs / 3)
  try {
    const output = await execute(claim, AbortSignal.any([lost.signal, stop]))
    if (isGivenUp()) await fleet.release(claim)
    else if (!lost.signal.aborted) await fleet.finish(claim, output)
  } catch (error) {
    if (isLeaseLost(error)) return leave
    if (isUnfit(error)) {
      await fleet.release(claim).catch(ignoreLost)
      throw error
    }
    if (isGivenUp()) await fleet.release(claim).catch(ignoreLost)
    else if (lost.signal.aborted) return leave
    else await fleet.fail(claim, error instanceof Error ? error.message : String(error)).catch(ignoreLost)
  } finally {
    clearInterval(heart)
  }
  return leave
}

/** What is wrong is this machine, not the job: another worker may do it. */
const isUnfit = (error: unknown) => CampaignError.isInstance(error) && error.code === 'bad-repository'

const isLeaseLost = (error: unknown) => CampaignError.isInstance(error) && error.code === 'lease-lost'

function ignoreLost(error: unknown): void {
  if (!isLeaseLost(error)) throw error
}
