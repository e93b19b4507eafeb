import { loadOrCreateKey, type CampaignCheck } from '@cairn/journal'
import { CampaignError } from '../errors.ts'
import type { Claim, Fleet } from '../fleet/fleet.ts'
import { gitNames } from '../git/git.ts'
import type { Worktree } from '../git/worktree.ts'
import type { Board, UnitJob, UnitResult } from './board.ts'
import { unitBrief } from './brief.ts'
import { fillCommand } from './fill-command.ts'
import { runAgent, type AgentPort } from './run-agent.ts'
import { runRecipe } from './run-recipe.ts'
import { allGreen, runChecks, type Shell } from './shell.ts'
import { shipSegments } from './ship-segments.ts'
import { takeOver } from './take-over.ts'

export interface UnitPlace {
  worktree: Worktree
  shell: Shell
  agent: AgentPort
  /** Where sessions are carried from one worker to the next. */
  fleet: Pick<Fleet, 'saveSegment' | 'segments' | 'heartbeat' | 'commits'>
  now: () => number
}

/** Works on one unit in a worktree of its own, from the integration head, and gives what is to be handed in. */
export async function runUnit(
  claim: Claim,
  board: Board,
  job: UnitJob,
  place: UnitPlace,
  signal: AbortSignal,
): Promise<UnitResult> {
  const { worktree, shell, now, fleet } = place
  const { definition } = board
  const started = now()
  const timeoutMs = definition.budget.unitMinutes * 60_000
  const limits = { timeoutMs, signal }
  const unit = { id: job.unit, files: job.files }
  const last = definition.recipe.at(-1)
  const agent = last?.kind === 'agent' ? last : null
  const key = agent === null ? null : loadOrCreateKey(place.agent.dataDir)
  const sessions = `${board.campaign}-${claim.job}-`
  const before =
    key === null
      ? null
      : await takeOver(claim, sessions, { fleet, worktree, dataDir: place.agent.dataDir, key, now })
  if (before?.ok !== true) await worktree.reset(board.head)
  const steps = definition.recipe.filter((step) => step.kind !== 'agent')
  const commands = definition.check.unit.flatMap((command) => fillCommand(command, unit))
  const result: UnitResult = {
    unit: job.unit,
    attempt: job.attempt,
    state: 'verified',
    reason: null,
    base: before?.ok === true ? before.base : board.head,
    patch: null,
    checks: [],
    entries: [],
    left: [],
    work: null,
    costUsd: null,
    tokens: 0,
    ms: 0,
  }
  if (before !== null)
    result.takeover = {
      session: before.saved.session,
      worker: before.saved.worker,
      events: before.saved.last,
      refused: before.ok ? null : before.reason,
    }
  const all = () => gitNames(worktree.path, ['ls-files', '-z'])
  const isResumed = before?.ok === true
  // The session that is gone on with has all that behind it.
  const { red, left } = isResumed
    ? { red: null, left: [] }
    : await runRecipe(steps, unit, { root: worktree.path, shell, all }, limits)
  result.left = left
  if (!isResumed) result.checks = red === null ? await runChecks(shell, commands, limits) : [red]
  const isOpen = () => left.length > 0 || !allGreen(result.checks)

  if (agent !== null && key !== null && (isResumed || steps.length === 0 || isOpen())) {
    const failing = result.checks.find((check) => !check.ok) ?? null
    const { budget } = definition
    const least = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))
    // One journal for each claim: whoever lost the lease writes into one that nobody reads from.
    const sessionId = isResumed ? before.saved.session : `${sessions}${claim.fence}`
    result.work = sessionId
    const end = await runAgent(place.agent, {
      claim,
      sessionId,
      key,
      before: isResumed ? before : null,
      stepBoundary: shipSegments({
        fleet,
        claim,
        session: sessionId,
        worktree,
        base: result.base,
        vkey: key.vkey,
        saved: isResumed ? before.saved : null,
      }),
      cwd: worktree.path,
      title: `${definition.name}: ${job.unit}`,
      brief: isResumed
        ? null
        : unitBrief({
            board,
            job,
            checks: commands,
            left,
            red: failing,
            instructions: agent.instructions,
          }),
      check: commands.length === 0 ? null : commands.join(' && '),
      budget: {
        usd: least(budget.unitUsd, board.left.usd),
        tokens: board.left.tokens,
        steps: budget.unitSteps,
        seconds: timeoutMs / 1_000,
      },
      signal,
    })
    Object.assign(result, { entries: end.entries, costUsd: end.costUsd, tokens: end.tokens, left: [] })
    result.checks = await runChecks(shell, commands, limits)
    const ending = `the session ended as ${end.status}: ${end.summary.slice(0, 1_000)}`
    // No fault of the unit: the fleet tries again after a while.
    if (end.status === 'refused' || end.status === 'failed' || end.status === 'cancelled')
      throw new CampaignError('fleet', ending, 'Look at the session, then resume the campaign.')
    if (end.status === 'blocked' || end.status === 'budget' || !allGreen(result.checks)) {
      result.state = end.status === 'blocked' ? 'needs-human' : 'pending'
      const red = result.checks.find((check) => !check.ok)
      result.reason = red === undefined ? ending : `${describeRed(red)}\n${ending}`
    }
  } else if (left.length > 0) {
    result.state = 'needs-human'
    result.reason = `the recipe left something open: ${left.join('; ').slice(0, 1_000)}`
  }
  const failed = result.checks.find((check) => !check.ok)
  if (agent === null && failed !== undefined) {
    result.state = 'failed'
    result.reason = describeRed(failed)
  }
  if (result.state === 'verified') result.patch = (await worktree.patch())?.toString('base64') ?? null
  result.ms = Math.round(now() - started)
  return result
}

export function describeRed(check: CampaignCheck): string {
  return `\`${check.command}\` ended with exit code ${check.exit ?? 'none'}: ${check.output.trim().slice(-1_500)}`
}
