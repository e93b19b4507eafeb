import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CampaignError } from '../errors.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Execute } from '../fleet/run-worker.ts'
import { findDependencies, openWorktree, type Worktree } from '../git/worktree.ts'
import { readBoard, readJob } from './board.ts'
import type { AgentPort } from './run-agent.ts'
import { runUnit } from './run-unit.ts'
import { openShell, type Shell } from './shell.ts'

export interface Executor {
  execute: Execute
  close(): Promise<void>
}

/** Folder of all worktrees of a campaign. */
export const worktreesOf = (dataDir: string, campaign: string): string => join(dataDir, 'worktrees', campaign)

/**
 * What a worker does with a claim. It keeps one worktree, for the campaign that it worked for last: nobody else uses it.
 * `repository`: where this machine has the repository; null: where the coordinator has it.
 */
export function createExecutor(
  fleet: Pick<Fleet, 'board'>,
  worker: string,
  agent: AgentPort,
  repository: string | null,
): Executor {
  let slot: { campaign: string; worktree: Worktree; shell: Shell } | null = null
  const closeSlot = async () => {
    const open = slot
    slot = null
    if (open === null) return
    await open.shell.close()
    await open.worktree.remove().catch(() => rmSync(open.worktree.path, { recursive: true, force: true }))
  }
  return {
    async execute(claim, signal) {
      const text = await fleet.board(claim.queue)
      if (text === null)
        throw new CampaignError(
          'fleet',
          `The queue ${claim.queue} says nothing about its campaign.`,
          'Resume the campaign.',
        )
      const board = readBoard(text)
      if (slot?.campaign !== board.campaign || !existsSync(slot.worktree.path)) {
        await closeSlot()
        const home = repository ?? board.repository
        const links = await findDependencies(home)
        const path = join(worktreesOf(agent.dataDir, board.campaign), worker)
        const worktree = await openWorktree(home, path, board.head, links)
        const { dataDir, env, now } = agent
        const readable = links.map((link) => join(home, link))
        const shell = openShell({ workspace: path, readable, home: agent.home, env, dataDir, now })
        slot = { campaign: board.campaign, worktree, shell }
      }
      const place = { worktree: slot.worktree, shell: slot.shell, agent, now: agent.now }
      return JSON.stringify(await runUnit(claim, board, readJob(claim.payload), place, signal))
    },
    close: closeSlot,
  }
}
