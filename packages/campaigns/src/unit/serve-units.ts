import { hostname } from 'node:os'
import type { Fleet } from '../fleet/fleet.ts'
import { runWorker } from '../fleet/run-worker.ts'
import { createExecutor } from './create-executor.ts'
import type { AgentPort } from './run-agent.ts'

export interface ServeOptions {
  fleet: Fleet
  /** Unique among all workers of the fleet. */
  id: string
  agent: AgentPort
  /** Serve this campaign only; null: any. */
  campaign: string | null
  /** Where this machine has the repository; null: where the coordinator has it. */
  repository: string | null
  drain: AbortSignal
  stop: AbortSignal
  leaseMs?: number
}

/** One worker: does units of campaigns until it is drained or stopped. */
export async function serveUnits(options: ServeOptions): Promise<void> {
  const { fleet, id, agent, campaign, repository, drain, stop, leaseMs } = options
  const executor = createExecutor(fleet, id, agent, repository)
  try {
    await runWorker({
      fleet,
      id,
      host: hostname(),
      pid: process.pid,
      execute: executor.execute,
      queue: campaign,
      drain,
      stop,
      ...(leaseMs === undefined ? {} : { leaseMs }),
    })
  } finally {
    await executor.close()
  }
}
