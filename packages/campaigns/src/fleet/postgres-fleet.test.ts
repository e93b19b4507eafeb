import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../testing/postgres.ts'
import { fleetContract } from './fleet-contract.ts'
import { connectPostgres } from './postgres-connection.ts'
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

test('whoever is paused inside of a transaction holds nothing for ever, and does it again', async () => {
  const url = await server.database()
  const [paused, other] = [connectPostgres(url, 200), connectPostgres(url)]
  await paused.query.run('CREATE TABLE t(n int); INSERT INTO t VALUES(1)')
  let tries = 0
  const locked = Promise.withResolvers<void>()
  const slow = paused.transaction(async (query) => {
    await query.run('UPDATE t SET n = n * 2')
    locked.resolve()
    if (++tries === 1) await sleep(1_500)
    await query.run('UPDATE t SET n = n * 3')
  })
  await locked.promise
  await other.transaction((query) => query.run('UPDATE t SET n = n + 1'))
  expect(await other.query.rows('SELECT n FROM t')).toEqual([{ n: 2 }])
  await slow
  expect(await other.query.rows('SELECT n FROM t')).toEqual([{ n: 12 }])
  await paused.close()
  await other.close()
})
