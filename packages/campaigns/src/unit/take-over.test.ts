import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore, readVkey, sessionPath, verifyLog } from '@cairn/journal'
import { scriptedServer, type ScriptedServer } from '@cairn/models/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listCampaigns } from '../state/campaign-journal.ts'
import {
  DEFINITION,
  FILES,
  FREE,
  gateAt,
  resultsIn,
  script,
  treeOf,
  undisturbed,
} from '../testing/agent-unit.ts'
import { campaignRig, type CampaignRig } from '../testing/campaign-rig.ts'
import { startPostgres, type TestPostgres } from '../testing/postgres.ts'
import { until } from '../testing/until.ts'
import type { WorkerSettings } from '../testing/worker-process.ts'

const LIMIT = { timeout: 180_000 }

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

/** Another machine: a data folder, a home and a clone of its own. */
function otherMachine(rig: CampaignRig, name: string) {
  const [dataDir, home] = [join(rig.folder, `data-${name}`), join(rig.folder, `home-${name}`)] as const
  const repository = join(rig.folder, `clone-${name}`)
  for (const path of [dataDir, home]) mkdirSync(path)
  execFileSync('git', ['clone', '-q', rig.repository, repository])
  return { dataDir, home, repository }
}

const campaignOf = (rig: CampaignRig) =>
  until(() =>
    rig.events.some((event) => event.kind === 'campaign.planned') ? listCampaigns(rig.dataDir)[0] : null,
  )

async function verifies(dataDir: string, session: string): Promise<void> {
  const path = sessionPath(dataDir, session)
  const result = await verifyLog(path, { vkey: readVkey(dataDir) })
  expect(result).toMatchObject({ ok: true, problems: [], unsigned: 0 })
}

describe.each(['embedded', 'PostgreSQL'])('the session of a worker that is gone (%s)', (engine) => {
  const rigOf = async (server: ScriptedServer | null, leaseMs: number) =>
    campaignRig(FILES, {
      ...(server === null ? {} : { model: server.baseUrl('chat') }),
      leaseMs,
      ...(engine === 'embedded' ? {} : { fleet: await postgres.database() }),
    })

  test('is gone on with on another machine, and no finished step is paid again', LIMIT, async () => {
    const alone = await undisturbed()
    const gate = gateAt(3)
    await using a = await scriptedServer(script(gate.hold))
    await using b = await scriptedServer(script(FREE))
    await using rig = await rigOf(a, 5_000)
    const running = rig.run(DEFINITION, { workers: 0 })
    const campaign = await campaignOf(rig)
    rig.startWorker(campaign)
    await gate.reached
    for (const child of rig.children) child.kill('SIGKILL')
    await until(() => (rig.children.size === 0 ? true : null))
    const other = otherMachine(rig, 'b')
    rig.startWorker(campaign, { ...other, model: b.baseUrl('chat') })
    const { finished } = await running
    gate.open()
    expect(finished).toMatchObject({ status: 'done', counts: { merged: 1 } })
    expect(treeOf(rig, finished.branch)).toBe(alone.tree)
    // Only the request that was under way is made a second time.
    expect(a.requests.length + b.requests.length).toBe(alone.requests + 1)
    expect(b.requests[0]?.text).toContain('Never touch the file LICENSE.')
    expect(b.requests[0]?.text).toContain('The new name is next.')
    expect(b.requests[0]?.text).toContain('its worker was lost')

    const [handedIn] = rig.of('campaign.handed-in')
    const session = handedIn?.body.work ?? ''
    expect(handedIn?.body).toMatchObject({
      state: 'verified',
      entries: [{ type: 'decision', text: 'The new name is next.' }],
      takeover: { session, refused: null },
    })
    await verifies(other.dataDir, session)
    const store = openStore(sessionPath(other.dataDir, session), {
      sessionId: session,
      mode: 'reader',
      now: Date.now,
    })
    expect([...store.read({ kinds: ['session.started'] })]).toHaveLength(1)
    expect([...store.read({ kinds: ['model.answered'] })]).toHaveLength(alone.requests)
    store.close()
    expect(handedIn?.body.tokens).toBeGreaterThan(0)
  })

  test('is gone on with as often as machines are lost', LIMIT, async () => {
    const alone = await undisturbed()
    const gates = [gateAt(1), gateAt(2), gateAt(4)]
    await using rig = await rigOf(null, 5_000)
    const running = rig.run(DEFINITION, { workers: 0 })
    const campaign = await campaignOf(rig)
    const machines: Partial<WorkerSettings>[] = [{}, otherMachine(rig, 'b'), {}, otherMachine(rig, 'c')]
    let requests = 0
    for (const [index, machine] of machines.entries()) {
      const gate = gates[index]
      await using server = await scriptedServer(script(gate?.hold ?? FREE))
      rig.startWorker(campaign, { ...machine, model: server.baseUrl('chat') })
      if (gate === undefined) await running
      else {
        await gate.reached
        for (const child of rig.children) child.kill('SIGKILL')
        await until(() => (rig.children.size === 0 ? true : null))
        gate.open()
      }
      requests += server.requests.length
    }
    const { finished } = await running
    expect(finished).toMatchObject({ status: 'done', counts: { merged: 1 } })
    expect(treeOf(rig, finished.branch)).toBe(alone.tree)
    expect(requests).toBe(alone.requests + gates.length)
    const body = rig.of('campaign.handed-in')[0]?.body
    expect(body?.entries).toHaveLength(1)
    await verifies(machines.at(-1)?.dataDir ?? rig.dataDir, body?.work ?? '')
  })

  test(
    'is gone on with in the same data folder by one, while the first is paused and then wakes',
    LIMIT,
    async () => {
      const [held, second] = [gateAt(3), gateAt(4)]
      await using a = await scriptedServer(script(held.hold))
      await using b = await scriptedServer(script(second.hold))
      await using rig = await rigOf(a, 1_500)
      const fleet = await rig.openFleet()
      const running = rig.run(DEFINITION, { workers: 0 })
      const campaign = await campaignOf(rig)
      const first = rig.startWorker(campaign)
      const [paused] = [...rig.children]
      await held.reached
      paused?.kill('SIGSTOP')
      rig.startWorker(campaign, { id: 'second', model: b.baseUrl('chat') })
      await second.reached
      const claim = { queue: campaign, job: '0.1', payload: '', fence: 0, attempt: 1, worker: '', leaseMs: 0 }
      const before = await fleet.segments(claim)
      expect(before?.worker).toBe('second')
      held.open()
      paused?.kill('SIGCONT')
      first.drain()
      expect(await first.ended).toBe('left')
      expect(await fleet.segments(claim)).toEqual(before)
      second.open()
      const { finished } = await running
      expect(finished).toMatchObject({ status: 'done', counts: { merged: 1 } })
      expect(a.requests).toHaveLength(4)
      const done = (await fleet.outbox(campaign, 0, 1_000)).filter((event) => event.kind === 'done')
      expect(done.map((event) => event.worker)).toEqual(['second'])
      // What was handed in is journaled, so nothing is kept for a successor.
      expect(await fleet.segments(claim)).toBeNull()
      const session = rig.of('campaign.handed-in')[0]?.body.work ?? ''
      await until(() =>
        rig.children.size === 0 ? true : [...rig.children].map((child) => child.kill()) && null,
      )
      await verifies(rig.dataDir, session)
      await fleet.close()
    },
  )
})

const DAMAGES: [string, string, RegExp][] = [
  [
    'a journal that was changed',
    "UPDATE segments SET events = CAST(replace(CAST(events AS TEXT), 'exec', 'exex') AS BLOB)",
    /journal is damaged: Event \d+/u,
  ],
  ['a root that does not fit', "UPDATE sessions SET root = 'x' || substr(root, 2)", /journal is damaged/u],
  ['a journal that another key signed', "UPDATE sessions SET note = 'x' || note", /journal is damaged/u],
  [
    'a patch that does not fit',
    "UPDATE sessions SET patch = CAST('no patch' AS BLOB)",
    /files cannot be made again/u,
  ],
  [
    'a commit that is nowhere',
    `UPDATE sessions SET base = '${'1'.repeat(40)}'`,
    /does not have the commit 1{40}/u,
  ],
  ['no files', 'UPDATE sessions SET base = NULL', /files was not saved/u],
  ['a name from elsewhere', "UPDATE sessions SET session = '../../x'", /session of something else/u],
]

test.each(DAMAGES)(
  '%s is no session: the unit begins again, and says why',
  LIMIT,
  async (_name, sql, why) => {
    const gate = gateAt(3)
    await using a = await scriptedServer(script(gate.hold))
    await using b = await scriptedServer(script(FREE))
    await using rig = campaignRig(FILES, { model: a.baseUrl('chat') })
    const running = rig.run(DEFINITION, { workers: 0 })
    const campaign = await campaignOf(rig)
    rig.startWorker(campaign)
    await gate.reached
    for (const child of rig.children) child.kill('SIGKILL')
    await until(() => (rig.children.size === 0 ? true : null))
    const db = new DatabaseSync(rig.fleetAt, { timeout: 30_000 })
    expect(Number(db.prepare(sql).run().changes)).toBeGreaterThan(0)
    db.close()
    rig.startWorker(campaign, { model: b.baseUrl('chat') })
    const { finished } = await running
    gate.open()
    expect(finished).toMatchObject({ status: 'done', counts: { merged: 1 } })
    expect(resultsIn(b.requests[0]?.body ?? {})).toBe(0)
    const [handedIn] = rig.of('campaign.handed-in')
    expect(handedIn?.body.takeover?.refused).toMatch(why)
    expect(handedIn?.body.takeover?.session).not.toBe(handedIn?.body.work)
    await verifies(rig.dataDir, handedIn?.body.work ?? '')
  },
)
