import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readVkey, sessionPath, verifyLog } from '@cairn/journal'
import { scriptedServer } from '@cairn/models/testing'
import { expect, test } from 'vitest'
import { listCampaigns } from '../state/campaign-journal.ts'
import { DEFINITION, FILES, FREE, gateAt, script, treeOf, undisturbed } from '../testing/agent-unit.ts'
import { campaignRig } from '../testing/campaign-rig.ts'
import type { Fault } from '../testing/fault-point.ts'
import { spawnWorker } from '../testing/spawn-worker.ts'
import { until } from '../testing/until.ts'

/** `all` walks every point, which takes a quarter of an hour and more; else a few of them. */
const isWhole = (process.env['CAIRN_CRASH_POINTS'] ?? '') === 'all'
const faultPoint = pathToFileURL(join(import.meta.dirname, '../testing/fault-point.ts')).href
/** A worker is lost, its successor dies at one point, a third one finishes. Gives what the fault met; null: nothing. */
async function lostTwice(at: number, alone: { tree: string; requests: number }): Promise<string | null> {
  const gate = gateAt(3)
  await using first = await scriptedServer(script(gate.hold))
  await using server = await scriptedServer(script(FREE))
  await using rig = campaignRig(FILES, { model: first.baseUrl('chat') })
  const running = rig.run(DEFINITION, { workers: 0 })
  const campaign = await until(() =>
    rig.events.some((event) => event.kind === 'campaign.planned') ? listCampaigns(rig.dataDir)[0] : null,
  )
  rig.startWorker(campaign)
  await gate.reached
  for (const child of rig.children) child.kill('SIGKILL')
  const fired = join(rig.folder, 'fired')
  const fault: Fault = { program: 'worker-process', at, how: 'before', fired }
  const { dataDir, home, fleetAt: fleet } = rig
  const model = server.baseUrl('chat')
  const { child, worker } = spawnWorker(
    { id: 'second', campaign, dataDir, home, fleet, model, leaseMs: 5_000 },
    ['--import', faultPoint],
    { CAIRN_TEST_FAULT: JSON.stringify(fault) },
  )
  await Promise.race([worker.ended, running])
  if (existsSync(fired)) rig.startWorker(campaign, { id: 'third', model })
  const { finished } = await running
  gate.open()
  child.kill('SIGKILL')
  await worker.ended
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 1 } })
  expect(treeOf(rig, finished.branch)).toBe(alone.tree)
  // Each loss repeats one step at most.
  expect(first.requests.length + server.requests.length).toBeLessThanOrEqual(alone.requests + 2)
  const body = rig.of('campaign.handed-in')[0]?.body
  expect(body?.takeover?.refused ?? null).toBeNull()
  for (const third of rig.children) third.kill()
  await until(() => (rig.children.size === 0 ? true : null))
  const verified = await verifyLog(sessionPath(dataDir, body?.work ?? ''), { vkey: readVkey(dataDir) })
  expect(verified).toMatchObject({ ok: true, problems: [] })
  return existsSync(fired) ? readFileSync(fired, 'utf8') : null
}

test(
  'a successor that dies at any point while it takes over or goes on loses nothing',
  { timeout: 3_600_000 },
  async () => {
    const alone = await undisturbed()
    const step = isWhole ? 1 : 61
    const end = isWhole ? Infinity : 100
    let at = isWhole ? 1 : 30
    for (; at < end; at += step) {
      const what = await lostTwice(at, alone).catch((error: unknown) => {
        throw new Error(`at point ${at}`, { cause: error })
      })
      if (isWhole) console.log(`${at}: ${what ?? 'the end'}`)
      if (what === null) break
    }
    // It has met points at all.
    expect(at).toBeGreaterThan(30)
  },
)
