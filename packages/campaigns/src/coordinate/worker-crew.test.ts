import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { keepWorkers, type StartedWorker } from './worker-crew.ts'

/** Workers that end when the test says so. */
function workers() {
  const started: { end: (how: 'left' | 'killed') => void; told: string[] }[] = []
  const start = (): StartedWorker => {
    const { promise, resolve } = Promise.withResolvers<'left' | 'killed'>()
    const told: string[] = []
    started.push({ end: resolve, told })
    const tell = (what: string) => () => {
      told.push(what)
      resolve('left')
    }
    return { ended: promise, drain: tell('drain'), stop: tell('stop') }
  }
  return { started, start }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10)
}

test('a worker that ends is replaced, and all are told to leave at the end', async () => {
  const { started, start } = workers()
  let time = 0
  const crew = keepWorkers(2, start, () => time)
  expect(started).toHaveLength(2)
  time = 60_000
  started[0]?.end('killed')
  await until(() => started.length === 3)
  started[1]?.end('left')
  await until(() => started.length === 4)
  await crew.close('drain')
  expect(started.map(({ told }) => told)).toEqual([[], [], ['drain'], ['drain']])
  await crew.close('stop')
  expect(started).toHaveLength(4)
})

test('a crew whose workers leave as soon as they are started is broken; one that somebody kills is not', async () => {
  const leaving = workers()
  const crew = keepWorkers(1, leaving.start, () => 0)
  for (let count = 1; count <= 5; count++) {
    await until(() => leaving.started.length === count)
    expect(crew.broken).toBe(false)
    leaving.started[count - 1]?.end('left')
  }
  await until(() => crew.broken)
  expect(leaving.started).toHaveLength(5)

  const killed = workers()
  const other = keepWorkers(1, killed.start, () => 0)
  for (let count = 1; count <= 7; count++) {
    await until(() => killed.started.length === count)
    killed.started[count - 1]?.end('killed')
  }
  await until(() => killed.started.length === 8)
  expect(other.broken).toBe(false)
  await other.close('stop')
})
