import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { leaseLimitMs } from './lease.ts'
import { openStore } from './open-store.ts'
import type { OpenOptions } from './open-store.ts'
import { isProcessGone, processBirth } from './process-birth.ts'
import { message, textOf } from './testing/events.ts'
import { spawnWriter } from './testing/spawn-writer.ts'
import { tempDir } from './testing/temp-dir.ts'
import { verifyLog } from './verify-log.ts'

const writer: OpenOptions = { sessionId: 'session', mode: 'writer', now: Date.now }
const newPath = (): string => join(tempDir(), 'session.db')

test('of processes that race for a new journal one wins, and the others learn who it is', async () => {
  const path = newPath()
  const processes = [1, 2, 3].map(() => spawnWriter(path, 'hold'))
  const first = await Promise.all(processes.map((one) => one.until(() => true)))
  expect(first.filter((said) => said.fence === 1)).toHaveLength(1)
  expect(first.filter((said) => said.code === 'locked')).toHaveLength(2)
  const holder = processes[first.findIndex((said) => said.fence === 1)]?.child.pid
  expect(() => openStore(path, writer)).toThrow(
    expect.objectContaining({
      code: 'locked',
      facts: expect.objectContaining({ pid: holder, host: hostname(), since: expect.any(Number) }),
    }),
  )
})

test('the lease of a killed process is taken over with a higher fencing number', async () => {
  const path = newPath()
  const held = spawnWriter(path, 'hold')
  await held.until((said) => said.fence === 1)
  held.child.kill('SIGKILL')
  await held.ended
  const store = openStore(path, writer)
  expect(store.fence).toBe(2)
  store.append([message('after')])
  store.close()
})

test('a writer waits for one that is about to end', async () => {
  const path = newPath()
  const held = spawnWriter(path, 'hold')
  await held.until((said) => said.fence === 1)
  held.child.kill('SIGTERM')
  const store = openStore(path, { ...writer, waitMs: 20_000 })
  expect(store.fence).toBe(2)
  store.close()
})

test('a stopped process is replaced after the limit, and its next append is refused', async () => {
  const path = newPath()
  const old = spawnWriter(path, 'append')
  await old.until((said) => said.acknowledged !== undefined)
  old.child.kill('SIGSTOP')
  // Stopped inside a transaction it would hold SQLite's lock, which only its end can free: let it go on to a boundary.
  const store = await takeOver(path, old.child.pid ?? 0)
  const before = store.head().size
  store.append([message('new writer')])
  old.child.kill('SIGCONT')
  expect((await old.until((said) => said.code !== undefined)).code).toBe('lease-lost')
  await old.ended
  store.append([message('still the writer')])
  expect([...store.read({ from: before + 1 })].map(textOf)).toEqual(['new writer', 'still the writer'])
  store.close()
  expect(await verifyLog(path, { vkey: null })).toMatchObject({ ok: true, size: before + 2 })
})

async function takeOver(path: string, pid: number): Promise<ReturnType<typeof openStore>> {
  for (;;) {
    const probe = new DatabaseSync(path, { timeout: 0 })
    try {
      probe.exec('BEGIN IMMEDIATE; ROLLBACK')
      return openStore(path, { ...writer, now: () => Date.now() + leaseLimitMs + 60_000 })
    } catch {
      process.kill(pid, 'SIGCONT')
      await new Promise((resolve) => setTimeout(resolve, 1))
      process.kill(pid, 'SIGSTOP')
    } finally {
      probe.close()
    }
  }
}

test('a pid that was given to another process does not keep the lease', () => {
  const path = newPath()
  openStore(path, writer).close()
  const db = new DatabaseSync(path)
  const claim = (pid: number, birth: string): void => {
    db.prepare('UPDATE journal SET pid = ?, birth = ?, host = ?, since = 1, heartbeat = ?').run(
      pid,
      birth,
      hostname(),
      Date.now(),
    )
  }
  claim(process.pid, processBirth(process.pid) ?? '')
  expect(() => openStore(path, writer)).toThrow(expect.objectContaining({ code: 'locked' }))
  claim(process.pid, 'another time')
  openStore(path, writer).close()
  db.close()
})

test('what is known of a process', async () => {
  expect(isProcessGone(process.pid, processBirth(process.pid))).toBe(false)
  const other = spawnWriter(newPath(), 'leave')
  const pid = other.child.pid ?? 0
  await other.ended
  expect(isProcessGone(pid, null)).toBe(true)
})
