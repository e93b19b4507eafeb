import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CampaignError } from '../errors.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Execute } from '../fleet/run-worker.ts'
import { ensureCommit } from '../git/carry-commits.ts'
import { findDependencies, openWorktree, type Worktree } from '../git/worktree.ts'
import { worktreePath } from '../git/worktree-folder.ts'
import { readBoard, readJob, readResult, type Board } from './board.ts'
import type { AgentPort } from './run-agent.ts'
import { runUnit } from './run-unit.ts'
import { openShell, type Shell } from './shell.ts'

export interface Executor {
  execute: Execute
  close(): Promise<void>
}

const PAGE = 200

/** Adds what was handed in and decided since the coordinator wrote the board: a unit sees all that ended before it began. */
async function withNewest(board: Board, fleet: Pick<Fleet, 'outbox'>, queue: string): Promise<Board> {
  if (board.definition.recipe.at(-1)?.kind !== 'agent') return board
  const entries = [...board.entries]
  for (let after = board.outbox; ;) {
    const events = await fleet.outbox(queue, after, PAGE)
    for (const event of events) {
      if (event.kind !== 'done') continue
      const result = readResult(event.body)
      for (const entry of result.entries) entries.push({ ...entry, unit: result.unit })
    }
    after = events.at(-1)?.seq ?? after
    if (events.length < PAGE) return { ...board, entries }
  }
}

/**
 * What a worker does with a claim. It keeps one worktree, for the campaign that it worked for last: nobody else uses it.
 * `repository`: where this machine has the repository; null: where the coordinator has it.
 */
export function createExecutor(
  fleet: Pick<Fleet, 'board' | 'outbox' | 'saveSegment' | 'segments' | 'heartbeat' | 'commits'>,
  worker: string,
  agent: AgentPort,
  repository: string | null,
): Executor {
  let slot: { campaign: string; worktree: Worktree; shell: Shell } | null = null
  /** Repository and commit that it is known to have. */
  let ensured = ''
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
      const board = await withNewest(readBoard(text), fleet, claim.queue)
      const home = repository ?? board.repository
      if (`${home}\0${board.head}` !== ensured)
        await ensureCommit(home, board.head, (commit) => fleet.commits(claim.queue, commit))
      ensured = `${home}\0${board.head}`
      if (slot?.campaign !== board.campaign || !existsSync(slot.worktree.path)) {
        await closeSlot()
        const links = await findDependencies(home)
        const path = worktreePath(agent.dataDir, board.campaign, worker)
        const worktree = await openWorktree(home, path, board.head, links)
        const { dataDir, env, now } = agent
        const readable = links.map((link) => join(home, link))
        const shell = openShell({ workspace: path, readable, home: agent.home, env, dataDir, now })
        slot = { campaign: board.campaign, worktree, shell }
      }
      const place = { worktree: slot.worktree, shell: slot.shell, agent, fleet, now: agent.now }
      try {
        return JSON.stringify(await runUnit(claim, board, readJob(claim.payload), place, signal))
      } catch (error) {
        // The worktree may be what is wrong: the next unit, and the next attempt at this one, get a new one.
        await closeSlot()
        throw error
      }
    },
    close: closeSlot,
  }
}
