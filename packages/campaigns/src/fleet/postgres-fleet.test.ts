import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../testing/postgres.ts'
import { fleetContract } from './fleet-contract.ts'
import { openPostgresFleet } from './postgres-fleet.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.close())

fleetContract('the fleet on PostgreSQL', async (work) => {
  const url = await server.database()
  await work({
    open: (retry) => openPostgresFleet(url, { now: Date.now, ...(retry === undefined ? {} : { retry }) }),
  })
})

test('a restart of the server in between is waited for', async () => {
  const fleet = await openPostgresFleet(await server.database(), { now: Date.now })
  await fleet.openQueue({ name: 'q', keys: [] })
  await fleet.enqueue('q', [{ id: 'a', priority: 0, payload: '1' }])
  const claim = await fleet.claim('w', { leaseMs: 60_000 })
  const restart = server.restart()
  if (claim !== null) await fleet.finish(claim, '2')
  await restart
  expect((await fleet.outbox('q', 0, 10)).map((event) => event.kind)).toEqual(['claimed', 'done'])
  await fleet.close()
})
