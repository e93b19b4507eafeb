import type { CampaignCheck } from '@cairn/journal'
import type { Commits } from '../git/commits.ts'
import type { Worktree } from '../git/worktree.ts'
import { allGreen, runChecks, type Shell } from '../unit/shell.ts'
import { describeRed } from '../unit/run-unit.ts'
import { findGuilty } from './find-guilty.ts'

/** A verified unit on its way to the integration branch. */
export interface Candidate {
  unit: string
  /** Commit that the patch was made on. */
  base: string
  patch: Uint8Array | null
  message: string
}

export interface BatchOutcome {
  head: string
  merged: { unit: string; commit: string | null }[]
  returned: { unit: string; cause: 'conflict' | 'red'; reason: string }[]
  /** Those of the last green combined check. */
  checks: CampaignCheck[]
  /** How many combined checks were run. */
  runs: number
  /** The whole is red and nothing could be blamed, because the head was red before. */
  stuck: string | null
}

export interface MergePlace {
  commits: Commits
  worktree: Worktree
  shell: Shell
  commands: readonly string[]
  timeoutMs: number
  signal: AbortSignal
}

interface Link extends Candidate {
  /** Patch on its base; null where nothing changes. */
  source: string | null
}

/**
 * Replays candidates onto the head, checks them combined, and takes out those that collide or make it red. `headGreen`:
 * whether the checks are green on the head itself; without that a red batch blames nobody.
 */
export async function mergeBatch(
  head: string,
  candidates: readonly Candidate[],
  headGreen: boolean,
  place: MergePlace,
): Promise<BatchOutcome> {
  const { commits, commands } = place
  const returned: BatchOutcome['returned'] = []
  let runs = 0
  let lastGreen: CampaignCheck[] = []
  let lastRed: CampaignCheck | null = null

  const chain = async (links: readonly Link[]) => {
    let top = head
    const merged: BatchOutcome['merged'] = []
    const collided: { link: Link; detail: string }[] = []
    for (const link of links) {
      if (link.source === null) {
        merged.push({ unit: link.unit, commit: null })
        continue
      }
      const result = await commits.replay(top, link.source, link.message)
      if (!result.ok) {
        collided.push({ link, detail: result.detail })
        continue
      }
      top = result.commit
      merged.push({ unit: link.unit, commit: top })
    }
    return { top, merged, collided }
  }
  const isGreen = async (commit: string): Promise<boolean> => {
    if (commands.length === 0 || (commit === head && headGreen)) return true
    runs += 1
    await place.worktree.reset(commit)
    const checks = await runChecks(place.shell, commands, {
      timeoutMs: place.timeoutMs,
      signal: place.signal,
    })
    place.signal.throwIfAborted()
    const green = allGreen(checks)
    if (green) lastGreen = checks
    else lastRed = checks.at(-1) ?? null
    return green
  }

  const links: Link[] = []
  for (const candidate of candidates) {
    const { base, patch, message } = candidate
    links.push({ ...candidate, source: patch === null ? null : await commits.ofPatch(base, patch, message) })
  }
  const first = await chain(links)
  for (const { link, detail } of first.collided)
    returned.push({
      unit: link.unit,
      cause: 'conflict',
      reason: `It collides with units that were merged before: ${detail}`,
    })
  const collided = new Set(first.collided.map(({ link }) => link.unit))
  const fitting = links.filter((link) => !collided.has(link.unit))
  const done = (result: Awaited<ReturnType<typeof chain>>): BatchOutcome => ({
    head: result.top,
    merged: result.merged,
    returned,
    checks: lastGreen,
    runs,
    stuck: null,
  })
  if (first.top === head || (await isGreen(first.top))) return done(first)
  if (!headGreen) {
    const red: CampaignCheck | null = lastRed
    return { head, merged: [], returned, checks: [], runs, stuck: red === null ? 'red' : describeRed(red) }
  }

  const blame = new Map<string, string>()
  const { good, guilty } = await findGuilty(fitting, async (part) => {
    const { top } = await chain(part)
    const green = await isGreen(top)
    const last = part.at(-1)
    // The last red prefix that ends with a unit is the one that names it.
    const red: CampaignCheck | null = lastRed
    if (!green && last !== undefined && red !== null) blame.set(last.unit, describeRed(red))
    return green
  })
  const all = lastRed === null ? 'the combined check is red' : describeRed(lastRed)
  for (const { unit } of guilty)
    returned.push({
      unit,
      cause: 'red',
      reason: `Together with the units before it the check is red: ${blame.get(unit) ?? all}`,
    })
  return done(await chain(good))
}
