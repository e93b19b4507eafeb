import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { worktreePath } from '../git/worktree-folder.ts'
import { parseCampaign } from '../define/parse-campaign.ts'
import { campaignRig } from '../testing/campaign-rig.ts'
import { readResult, type Board, type UnitJob } from './board.ts'
import { createExecutor } from './create-executor.ts'

test('a worktree that was damaged is made anew for the next attempt', { timeout: 60_000 }, async () => {
  await using rig = campaignRig({ 'a.js': 'old(1)\n' })
  const definition = parseCampaign(
    'goal: g\nunits: { glob: a.js }\nrecipe: { ast-grep: { pattern: old($A), rewrite: next($A) } }\n',
    'test',
    [],
  )
  const board: Board = {
    campaign: 'c',
    definition,
    repository: rig.repository,
    head: rig.git('rev-parse', 'HEAD'),
    entries: [],
    outbox: 0,
    left: { usd: null, tokens: null },
  }
  const job: UnitJob = { unit: 'a.js', files: ['a.js'], attempt: 1, feedback: null }
  const fleet = await rig.openFleet()
  await fleet.openQueue({ name: 'c', keys: [] })
  await fleet.publish('c', JSON.stringify(board), 1)
  await fleet.enqueue('c', [{ id: '0.1', priority: 0, payload: JSON.stringify(job) }])
  const claim = await fleet.claim('w', { leaseMs: 60_000 })
  if (claim === null) throw new Error('there is nothing to claim')
  const { dataDir, home } = rig
  const env = { PATH: process.env['PATH'] ?? '', HOME: home }
  const model = () => Promise.reject(new Error('this test has no model'))
  const executor = createExecutor(
    fleet,
    'w',
    { dataDir, home, env, version: '0', now: Date.now, model },
    null,
  )
  const work = () => executor.execute(claim, new AbortController().signal)
  const before = readResult(await work())
  expect(before).toMatchObject({ state: 'verified' })
  rmSync(join(worktreePath(dataDir, 'c', 'w'), '.git'))
  await expect(work()).rejects.toThrow()
  expect(readResult(await work()).patch).toBe(before.patch)
  await executor.close()
  await fleet.close()
})
