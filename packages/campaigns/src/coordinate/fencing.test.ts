import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { worktreesOf } from '../git/worktree-folder.ts'
import { listCampaigns } from '../state/campaign-journal.ts'
import { campaignRig, type CampaignRig } from '../testing/campaign-rig.ts'
import type { CoordinatorSettings } from '../testing/coordinator-process.ts'
import { startPostgres, type TestPostgres } from '../testing/postgres.ts'
import { until } from '../testing/until.ts'
import type { FleetEvent } from '../fleet/fleet.ts'

const LIMIT = { timeout: 180_000 }
const coordinator = join(import.meta.dirname, '../testing/coordinator-process.ts')

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.close())

const campaignOf = (rig: CampaignRig) =>
  until(() =>
    rig.events.some((event) => event.kind === 'campaign.planned') ? listCampaigns(rig.dataDir)[0] : null,
  )

describe.each(['embedded', 'PostgreSQL'])('a process that was paused (%s)', (engine) => {
  const fleetOf = async () => (engine === 'embedded' ? {} : { fleet: await server.database() })

  test('and wakes as a worker after the takeover changes nothing', LIMIT, async () => {
    await using rig = campaignRig(
      { 'a.js': 'old(1)\n', 'b.js': 'old(2)\n' },
      { ...(await fleetOf()), leaseMs: 1_500 },
    )
    const fleet = await rig.openFleet()
    const running = rig.run(
      `
goal: call next instead of old
units: { glob: '*.js' }
recipe: { command: 'sleep 1; sed -i s/old/next/ {file}' }
order: none
last: b.js
`,
      { workers: 0 },
    )
    const campaign = await campaignOf(rig)
    const outbox = () => fleet.outbox(campaign, 0, 1_000)
    const first = rig.startWorker(campaign)
    const [paused] = [...rig.children]
    const claimed = await until(async () => (await outbox()).find((event) => event.kind === 'claimed'))
    paused?.kill('SIGSTOP')
    rig.startWorker(campaign)
    // The second has the job of the first, has handed it in, and works on the next one.
    const isDone = (event: FleetEvent) => event.kind === 'done' && event.job === claimed.job
    const done = await until(async () => (await outbox()).find(isDone))
    expect(done.worker).not.toBe(claimed.worker)
    paused?.kill('SIGCONT')
    first.drain()
    expect(await first.ended).toBe('left')
    const { finished, id } = await running
    expect(finished).toMatchObject({ status: 'done', counts: { merged: 2 } })

    const all = await outbox()
    expect(all.filter(isDone)).toEqual([done])
    expect(all.filter((event) => event.kind === 'done').map((event) => event.worker)).toEqual([
      done.worker,
      done.worker,
    ])
    expect(rig.of('campaign.handed-in').map(({ body }) => [body.unit, body.worker])).toEqual([
      ['a.js', done.worker],
      ['b.js', done.worker],
    ])
    expect(rig.of('campaign.merged').flatMap(({ body }) => body.units.map(({ unit }) => unit))).toEqual([
      'a.js',
      'b.js',
    ])
    expect(rig.git('log', '--format=%s', `main..${finished.branch}`).split('\n')).toHaveLength(2)
    expect(rig.tree(finished.branch)).toEqual({ 'a.js': 'next(1)', 'b.js': 'next(2)' })
    await Promise.all([...rig.children].map((child) => child.kill('SIGTERM')))
    await until(() => (rig.children.size === 0 ? true : null))
    expect(existsSync(worktreesOf(rig.dataDir, id))).toBe(false)
    expect(rig.git('worktree', 'list').split('\n')).toHaveLength(1)
    await fleet.close()
  })

  test('and wakes as a coordinator after the takeover changes nothing', LIMIT, async () => {
    const files = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`f${index}.js`, 'old()\n']))
    await using rig = campaignRig(files, await fleetOf())
    const fleet = await rig.openFleet()
    const { dataDir, home, repository, fleetAt } = rig
    const settings: CoordinatorSettings = {
      dataDir,
      home,
      repository,
      fleet: fleetAt,
      campaign: null,
      workers: 0,
      definition: `
goal: call next instead of old
units: { glob: '*.js' }
recipe: { command: 'sleep 0.5; sed -i s/old/next/ {file}' }
batch: 2
`,
    }
    const old = spawn(process.execPath, [coordinator, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    old.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
    const ended = new Promise<number | null>((resolve) => old.once('exit', resolve))
    // All is queued and nobody works: it only looks at the outbox now and then.
    const campaign = await until(async () => {
      const [queue] = (await fleet.status()).queues
      return queue?.ready === 5 ? queue.name : null
    })
    old.kill('SIGSTOP')
    const hour = 3_600_000
    const running = rig.run({ id: campaign }, { workers: 1, now: () => Date.now() + hour })
    await until(() => (rig.events.some((event) => event.kind === 'campaign.handed-in') ? true : null))
    old.kill('SIGCONT')
    expect(await ended).toBe(1)
    expect(errors).toContain('lease-lost')

    const { finished } = await running
    expect(finished).toMatchObject({ status: 'done', counts: { merged: 5 } })
    expect(rig.git('rev-parse', finished.branch)).toBe(finished.head)
    expect(rig.git('log', '--format=%s', `main..${finished.branch}`).split('\n')).toHaveLength(5)
    const kinds = (await fleet.outbox(campaign, 0, 1_000)).map((event) => event.kind)
    expect(kinds.filter((kind) => kind === 'done')).toHaveLength(5)
    expect(kinds).not.toContain('cancelled')
    expect(kinds).not.toContain('retried')
    await fleet.close()
  })
})
