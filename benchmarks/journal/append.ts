// Cost of the journal: node benchmarks/journal/append.ts
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadOrCreateKey, openStore, verifyLog } from '../../packages/journal/src/index.ts'
import type { NewEvent } from '../../packages/journal/src/index.ts'

const events = 100_000
const blobMegabytes = 50
const runs = 5

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function timed<T>(work: () => T): { ms: number; value: T } {
  const start = performance.now()
  const value = work()
  return { ms: performance.now() - start, value }
}

/** About 400 bytes, as the events of a session are in the median. */
const event = (step: number): NewEvent => ({
  time: 1_700_000_000_000 + step,
  turn: 1,
  step,
  kind: 'user.message',
  body: { text: `event ${step} `.padEnd(380, 'lorem ipsum ') },
})

const dir = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
const rows: { measure: string; value: string }[] = []
const add = (measure: string, value: number, unit: string): void => {
  rows.push({ measure, value: `${value.toFixed(value < 10 ? 2 : 1)} ${unit}` })
}

try {
  const key = loadOrCreateKey(dir)
  const open = (name: string, durability: 'process' | 'power' = 'process'): ReturnType<typeof openStore> =>
    openStore(join(dir, `${name}.db`), { sessionId: name, mode: 'writer', now: Date.now, key, durability })

  const main = open('main')
  const perBatch = (batch: number, count: number): number => {
    const { ms } = timed(() => {
      for (let i = 0; i < count; i += batch)
        main.append(Array.from({ length: batch }, (_, j) => event(i + j)))
    })
    return (ms * 1000) / count
  }
  perBatch(1, 2000)
  add('append, batches of 1', median(Array.from({ length: runs }, () => perBatch(1, 4000))), 'µs/event')
  add('append, batches of 5', median(Array.from({ length: runs }, () => perBatch(5, 4000))), 'µs/event')
  const power = open('power', 'power')
  const synced = timed(() => {
    for (let i = 0; i < 500; i++) power.append([event(i)])
  })
  add('append, batches of 1, power', (synced.ms * 1000) / 500, 'µs/event')
  power.close()

  main.append(Array.from({ length: events - main.head().size }, (_, i) => event(i)))
  const read = timed(() => {
    let bytes = 0
    for (const one of main.read()) bytes += one.kind === 'user.message' ? one.body.text.length : 0
    return bytes
  })
  add(`read ${events} events`, read.ms, 'ms')
  main.close()
  const reopened = timed(() => open('main'))
  add(`open for writing, ${events} events`, reopened.ms, 'ms')
  reopened.value.close()
  const start = performance.now()
  const verdict = await verifyLog(join(dir, 'main.db'), { vkey: key.vkey })
  if (!verdict.ok) throw new Error('the log of the benchmark does not verify')
  add(`verify ${events} events`, performance.now() - start, 'ms')

  const piece = Buffer.concat([
    randomBytes(512 * 1024),
    Buffer.alloc(512 * 1024, 'some text that can be compressed '),
  ])
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < blobMegabytes; i++) {
      piece.writeUInt32BE(i)
      yield piece
    }
  }
  const blobs = open('blobs')
  globalThis.gc?.()
  const rssBefore = process.memoryUsage().rss
  const putStart = performance.now()
  const ref = await blobs.putBlobStream(stream())
  add(`blob of ${blobMegabytes} MB, put`, (blobMegabytes * 1000) / (performance.now() - putStart), 'MB/s')
  add('blob, RSS growth while putting', (process.memoryUsage().rss - rssBefore) / 2 ** 20, 'MB')
  const ranges = timed(() => {
    for (let i = 0; i < 200; i++) blobs.getBlobRange(ref.sha256, i * 250_000, i * 250_000 + 2000)
  })
  add('blob, range of 2 kB', ranges.ms / 200, 'ms')
  const whole = timed(() => blobs.getBlob(ref.sha256) ?? new Uint8Array(0))
  add(`blob of ${blobMegabytes} MB, get`, (blobMegabytes * 1000) / whole.ms, 'MB/s')
  if (createHash('sha256').update(whole.value).digest('hex') !== ref.sha256)
    throw new Error('the blob came back changed')
  const small = Array.from({ length: 1000 }, (_, i) => Buffer.from(`${i} `.repeat(1000)))
  const put = timed(() => small.forEach((bytes) => blobs.putBlob(bytes)))
  add('blob of 4 kB, put', put.ms, 'µs')
  blobs.close()
  console.table(rows)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
