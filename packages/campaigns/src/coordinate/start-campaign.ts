import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '@cairn/journal'
import type { Campaign } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import { commitOf, gitLine, tryGit, unlessKilled } from '../git/git.ts'
import { readImportGraph } from '../plan/import-graph.ts'
import { listUnits } from '../plan/list-units.ts'
import { orderUnits } from '../plan/order-units.ts'
import { putLast } from '../plan/put-last.ts'
import type { CampaignJournal } from '../state/campaign-journal.ts'
import type { IntegrationPlace } from './integration-place.ts'

/** Writes the first events of a campaign: what, where and from which commit. */
export async function startCampaign(
  journal: CampaignJournal,
  definition: Campaign,
  repository: string,
  version: string,
): Promise<void> {
  const top = await topOf(repository)
  const base = await commitOf(top, definition.base)
  if (base === null)
    throw new CampaignError(
      'bad-repository',
      `There is no commit ${definition.base} in ${top}.`,
      definition.base === 'HEAD' ? 'Commit something first.' : 'Correct base in the campaign file.',
    )
  const branch = definition.branch ?? `cairn/${journal.id}`
  if ((await commitOf(top, `refs/heads/${branch}`)) !== null)
    throw new CampaignError(
      'bad-repository',
      `The branch ${branch} exists already, and a campaign moves no branch of yours.`,
      'Give another name with branch in the campaign file, or remove that branch.',
    )
  // A value of plain objects, lists, texts and numbers.
  const plain = JSON.parse(JSON.stringify(definition)) as Json
  journal.append({
    kind: 'campaign.started',
    body: { version, name: definition.name, definition: plain, repository: top, base, branch },
  })
}

/** Top folder of a checkout. */
async function topOf(folder: string): Promise<string> {
  const top = await unlessKilled(() => gitLine(folder, ['rev-parse', '--show-toplevel'])).catch(() => null)
  if (top !== null && top !== '') return top
  throw new CampaignError(
    'bad-repository',
    `${folder} is no git checkout.`,
    'Run it inside one, or give one with --cwd. `git init` and a first commit make one.',
  )
}

/** Makes the work-list on the base commit. */
export async function planCampaign(
  journal: CampaignJournal,
  definition: Campaign,
  place: IntegrationPlace,
): Promise<void> {
  await place.worktree.reset(journal.state.base)
  const { units, files } = await listUnits(definition.units, place.worktree.path, place.shell)
  const { order } = definition
  const graph = order === 'none' ? new Map() : readImportGraph(place.worktree.path, files)
  const ordered = order === 'none' ? units.map((unit) => ({ ...unit, after: [] })) : orderUnits(units, graph)
  if (order === 'cycles') for (const unit of ordered) unit.after = []
  journal.append({ kind: 'campaign.planned', body: { units: putLast(ordered, definition.last) } })
}

/** Long enough for a lock that a killed git left to become a stale one. */
const MOVE_TRIES = 150
const MOVE_WAIT_MS = 100

/** Creates the integration branch, or brings it to where the journal has it. */
export async function ensureBranch(journal: CampaignJournal, place: IntegrationPlace): Promise<void> {
  const { repository, branch, head } = journal.state
  let actual: string | null = null
  for (let tries = 0; tries < MOVE_TRIES; tries++) {
    actual = await commitOf(repository, `refs/heads/${branch}`)
    if (actual === head) return
    const ours = actual === null || (await isAncestor(repository, actual, head))
    if (!ours) break
    const from = actual
    if (await unlessKilled(() => place.commits.moveBranch(branch, from, head))) return
    // The git of a coordinator that was killed may be about to do the same.
    await sleep(MOVE_WAIT_MS)
  }
  throw new CampaignError(
    'bad-repository',
    `The branch ${branch} was moved by someone else: it is at ${actual?.slice(0, 12) ?? 'nothing'}, the campaign has it at ${head.slice(0, 12)}.`,
    `Move your commits to another branch, then: git branch -f ${branch} ${head.slice(0, 12)}`,
  )
}

async function isAncestor(repository: string, ancestor: string, commit: string): Promise<boolean> {
  const { code } = await unlessKilled(() =>
    tryGit(repository, ['merge-base', '--is-ancestor', ancestor, commit]),
  )
  return code === 0
}
