import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { readVkey } from './key-file.ts'
import { openStore } from './open-store.ts'
import { spawnWriter } from './testing/spawn-writer.ts'
import { message } from './testing/events.ts'
import { tempDir } from './testing/temp-dir.ts'
import { verifyLog } from './verify-log.ts'

const kills = 24

test(
  `a writer killed at ${kills} random moments loses nothing that it acknowledged`,
  { timeout: 120_000 },
  async () => {
    const path = join(tempDir(), 'session.db')
    let before = 0
    for (let round = 0; round < kills; round++) {
      const child = spawnWriter(path, 'append')
      await child.until((said) => said.acknowledged !== undefined)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
      child.child.kill('SIGKILL')
      await child.ended
      const acknowledged = Math.max(...child.said().map((said) => said.acknowledged ?? 0))

      // The recovered log is read before anybody writes again.
      const verdict = await verifyLog(path, { vkey: readVkey(dirname(path)) })
      expect(verdict.problems).toEqual([])
      expect(verdict.size).toBeGreaterThanOrEqual(acknowledged)
      expect(verdict.signed + verdict.unsigned).toBe(verdict.size)
      const store = openStore(path, { sessionId: 'session', mode: 'writer', now: Date.now })
      expect(store.head().size).toBe(verdict.size)
      expect([...store.read()].map((event) => event.seq)).toEqual(
        Array.from({ length: verdict.size }, (_, i) => i + 1),
      )
      expect(store.fence).toBe(2 * (round + 1))
      store.close()
      expect(acknowledged).toBeGreaterThan(before)
      before = verdict.size
    }
  },
)

test('what a killed stream has left behind is removed by the next writer', async () => {
  const path = join(tempDir(), 'session.db')
  const store = openStore(path, { sessionId: 'session', mode: 'writer', now: Date.now })
  store.append([message('x')])
  const rows = (): unknown => {
    const db = new DatabaseSync(path, { readOnly: true })
    const found = db
      .prepare('SELECT (SELECT count(*) FROM blobs) AS blobs, (SELECT count(*) FROM chunks) AS chunks')
      .get()
    db.close()
    return found
  }
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield Buffer.alloc(300_000)
      store.close()
    }
  }
  await expect(store.putBlobStream(endless())).rejects.toThrow()
  expect(rows()).toEqual({ blobs: 1, chunks: 1 })
  const next = openStore(path, { sessionId: 'session', mode: 'writer', now: Date.now })
  expect(rows()).toEqual({ blobs: 0, chunks: 0 })
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(300_000)
    throw new Error('the source broke')
  }
  await expect(next.putBlobStream(failing())).rejects.toThrow('the source broke')
  expect(rows()).toEqual({ blobs: 0, chunks: 0 })
  next.close()
})
