/**
 * Overhead of the fleet's queue for cheap units: enqueue, claim, hand in, read the outbox. Prints one row for each engine,
 * number of units and number of workers. Exit code 1 where a unit was lost.
 *
 * node benchmarks/campaigns/scale.ts [--units 10,100,1000,10000] [--workers 1,4] [--postgres]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbeddedFleet, openPostgresFleet, type Fleet } from '@cairn/campaigns'
import { startPostgres } from '@cairn/campaigns/testing'

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '10,100,1000,10000' },
    workers: { type: 'string', default: '1,4' },
    postgres: { type: 'boolean', default: false },
  },
})
const list = (text: string) => text.split(',').map(Number)
const LEASE_MS = 60_000

async function measure(open: () => Promise<Fleet>, units: number, workers: number) {
  const fleet = await open()
  await fleet.openQueue({ name: 'q', keys: ['repo:x'] })
  const hands = await Promise.all(Array.from({ length: workers }, open))
  const started = performance.now()
  const jobs = Array.from({ length: units }, (_, index) => ({
    id: `${index}.1`,
    priority: -index,
    payload: '{}',
  }))
  await fleet.enqueue('q', jobs)
  await Promise.all(
    hands.map(async (hand, index) => {
      for (;;) {
        const claim = await hand.claim(`w${index}`, { leaseMs: LEASE_MS })
        if (claim === null) return
        await hand.finish(claim, '{"state":"verified"}')
      }
    }),
  )
  let done = 0
  for (let after = 0; ;) {
    const events = await fleet.outbox('q', after, 200)
    done += events.filter((event) => event.kind === 'done').length
    after = events.at(-1)?.seq ?? after
    if (events.length < 200) break
  }
  const ms = performance.now() - started
  for (const each of [fleet, ...hands]) await each.close()
  return { ms: ms / units, lost: units - done }
}

const postgres = values.postgres ? await startPostgres() : null
const folder = mkdtempSync(join(tmpdir(), 'cairn-scale-'))
console.log('| engine | units | workers | queue overhead a unit, ms | memory of the process, MiB | lost |')
console.log('|---|---|---|---|---|---|')
try {
  for (const units of list(values.units))
    for (const workers of list(values.workers)) {
      const path = join(folder, `${units}-${workers}.sqlite`)
      const engines: [string, () => Promise<Fleet>][] = [
        ['embedded', async () => openEmbeddedFleet(path, { now: Date.now })],
      ]
      if (postgres !== null) {
        const url = await postgres.database()
        engines.push(['PostgreSQL', () => openPostgresFleet(url, { now: Date.now })])
      }
      for (const [engine, open] of engines) {
        const { ms, lost } = await measure(open, units, workers)
        if (lost > 0) process.exitCode = 1
        const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
        console.log(`| ${engine} | ${units} | ${workers} | ${ms.toFixed(2)} | ${memory} | ${lost} |`)
      }
    }
} finally {
  await postgres?.close()
  rmSync(folder, { recursive: true, force: true })
}
