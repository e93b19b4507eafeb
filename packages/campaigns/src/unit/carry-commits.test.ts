import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresFleet } from '../fleet/postgres-fleet.ts'
import { listCampaigns } from '../state/campaign-journal.ts'
import { campaignRig, type CampaignRig } from '../testing/campaign-rig.ts'
import { startPostgres, type TestPostgres } from '../testing/postgres.ts'
import { until } from '../testing/until.ts'

const LIMIT = { timeout: 180_000 }

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

// Each unit works on what the one before has left.
const FILES = { 'a.txt': '1\n', 'b.txt': '', 'c.txt': '' }
const DEFINITION = `
goal: count
units: { glob: '*.txt', exclude: ['a.txt'] }
recipe: { command: 'cat a.txt b.txt > all; cp all {file}; cp all a.txt; rm all' }
last: c.txt
batch: 1
`

function otherMachine(rig: CampaignRig) {
  const [dataDir, home, repository] = ['data-b', 'home-b', 'clone-b'].map((name) => join(rig.folder, name))
  for (const path of [dataDir, home]) mkdirSync(path ?? '')
  execFileSync('git', ['clone', '-q', '--no-local', rig.repository, repository ?? ''])
  return { dataDir: dataDir ?? '', home: home ?? '', repository: repository ?? '' }
}

test('a clone that has only the first commit is brought what was merged since', LIMIT, async () => {
  const url = await postgres.database()
  await using rig = campaignRig(FILES, { fleet: url })
  const other = otherMachine(rig)
  const running = rig.run(DEFINITION, { workers: 0 })
  const campaign = await until(() =>
    rig.events.some((event) => event.kind === 'campaign.planned') ? listCampaigns(rig.dataDir)[0] : null,
  )
  rig.startWorker(campaign, other)
  const { finished } = await running
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 2 } })
  expect(rig.tree(finished.branch)).toEqual({ 'a.txt': '1\n1', 'b.txt': '1', 'c.txt': '1\n1' })
  const [first] = rig.of('campaign.merged')
  const has = execFileSync('git', ['cat-file', '-t', first?.body.to ?? ''], {
    cwd: other.repository,
    encoding: 'utf8',
  })
  expect(has.trim()).toBe('commit')
  const fleet = await openPostgresFleet(url, { now: Date.now })
  expect(await fleet.commits(campaign, first?.body.to ?? '')).toBeNull()
  await fleet.close()
})

test('a worker whose clone is of something else leaves, and blames no unit', LIMIT, async () => {
  await using rig = campaignRig(FILES, { fleet: await postgres.database() })
  const other = otherMachine(rig)
  rig.git('commit', '-q', '--allow-empty', '-m', 'not pushed')
  const running = rig.run(DEFINITION, { workers: 0 })
  const campaign = await until(() =>
    rig.events.some((event) => event.kind === 'campaign.planned') ? listCampaigns(rig.dataDir)[0] : null,
  )
  expect(await rig.startWorker(campaign, other).ended).toBe('left')
  rig.startWorker(campaign)
  const { finished } = await running
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 2 } })
  const fleet = await rig.openFleet()
  const kinds = (await fleet.outbox(campaign, 0, 100)).map((event) => event.kind)
  expect(kinds).not.toContain('retried')
  await fleet.close()
})
