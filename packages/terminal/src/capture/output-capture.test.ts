import { openStore } from '@cairn/journal'
import type { Store } from '@cairn/journal'
import { array, assert, asyncProperty, integer, property, string, uint8Array } from 'fast-check'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createErrorWindows } from './error-windows.ts'
import { createOutputCapture } from './output-capture.ts'
import { createSpool } from './spool.ts'
import { orphaned, unfinished } from './utf8-edges.ts'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capture-'))
  store = openStore(join(folder, 'journal.db'), { sessionId: 's', mode: 'writer', now: () => 0 })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

let names = 0
const capture = () => createOutputCapture(() => createSpool(join(folder, 'spool'), `spool-${names++}`, store))

const push = async (bytes: Buffer, size: number) => {
  const into = capture()
  for (let at = 0; at < bytes.length; at += size) into.push(bytes.subarray(at, at + size))
  return into.finish()
}

test('small output is complete and has no blob', async () => {
  expect(await push(Buffer.from('one\ntwo\nthree'), 4)).toEqual({
    bytes: 13,
    lines: 3,
    head: 'one\ntwo\nthree',
    tail: '',
    complete: true,
    windows: [],
    blob: null,
  })
})

test('whatever the size and the chunks: head and tail are the ends, joined where they meet; the blob is everything', async () => {
  const unit = 'zß水🍌 line\n'
  await assert(
    asyncProperty(
      integer({ min: 0, max: 20_000 }),
      integer({ min: 1, max: 100_000 }),
      async (times, size) => {
        const bytes = Buffer.from(unit.repeat(times))
        const result = await push(bytes, size)
        const text = bytes.toString()
        expect(result.bytes).toBe(bytes.length)
        expect(result.lines).toBe(times)
        expect(result.complete).toBe(bytes.length <= 65_536)
        expect(text.startsWith(result.head)).toBe(true)
        expect(text.endsWith(result.tail)).toBe(true)
        if (bytes.length <= 192 * 1024) expect(result.head + result.tail).toBe(text)
        if (!result.complete)
          expect(bytes.equals(store.getBlob(result.blob?.sha256 ?? '') ?? Buffer.alloc(0))).toBe(true)
        expect(result.head + result.tail).not.toContain('\uFFFD')
      },
    ),
    { numRuns: 25 },
  )
})

test('beyond a megabyte the bytes go through a file', async () => {
  const bytes = Buffer.alloc(3_000_000, 'abc\n')
  const result = await push(bytes, 65_536)
  expect(bytes.equals(store.getBlob(result.blob?.sha256 ?? '') ?? Buffer.alloc(0))).toBe(true)
  expect(readdirSync(join(folder, 'spool'))).toEqual([])
})

test('without a blob store there is no spool', async () => {
  const into = createOutputCapture(() => null)
  into.push(Buffer.alloc(3_000_000, 'x'))
  expect(await into.finish()).toMatchObject({ bytes: 3_000_000, lines: 1, blob: null })
})

test('errors in the middle are shown with their lines', async () => {
  const lines = Array.from({ length: 200_000 }, (_, index) => `line ${index + 1} is fine`)
  lines[99_999] = 'src/a.ts(3,1): error TS2322: bad type'
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  for (const size of [1000, 65_536, bytes.length]) {
    const { windows } = await push(bytes, size)
    expect(windows).toHaveLength(1)
    expect(windows[0]?.line).toBe(99_998)
    expect(windows[0]?.text.split('\n')[2]).toBe(lines[99_999])
    expect(windows[0]?.text.split('\n')).toHaveLength(9)
  }
})

test('the number of windows is bounded, and the first and last errors are among them', async () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `error number ${index}`)
  const { windows } = await push(Buffer.from(lines.join('\n')), 65_536)
  expect(windows.length).toBeLessThanOrEqual(16)
  expect(windows.length).toBeGreaterThan(8)
  expect(windows.every(({ text }) => text.length <= 9 * 301)).toBe(true)
})

test('windows do not depend on how the output was cut into chunks', () => {
  const word = integer({ min: 0, max: 30 }).map((kind) => (kind === 0 ? 'error here' : 'x'.repeat(kind)))
  assert(
    property(array(word, { maxLength: 400 }), integer({ min: 1, max: 500 }), (words, size) => {
      const bytes = Buffer.from(words.join('\n'))
      const whole = createErrorWindows({ offset: 0, newlines: 0 }, 0)
      whole.push(bytes)
      const parts = createErrorWindows({ offset: 0, newlines: 0 }, 0)
      for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size))
      const seen = (found: ReturnType<typeof whole.finish>) =>
        found.map(({ line, text }) => [line, text.split('\n')[0]])
      expect(seen(parts.finish())).toEqual(seen(whole.finish()))
    }),
  )
})

test('any bytes are taken, in any pieces', async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 2000 }), integer({ min: 1, max: 50 }), async (bytes, size) => {
      const result = await push(Buffer.from(bytes), size)
      expect(result.head).toBe(Buffer.from(bytes).toString('utf8'))
    }),
  )
})

test('the edges of a cut give back the text', () => {
  assert(
    property(string({ unit: 'binary' }), integer({ min: 0, max: 60 }), (text, at) => {
      const bytes = Buffer.from(text)
      const left = bytes.subarray(0, at)
      const right = bytes.subarray(at)
      const missing = unfinished(left)
      expect(missing > 0).toBe(orphaned(right) > 0)
      const joined = Buffer.concat([left.subarray(left.length - missing), right])
      expect(left.subarray(0, left.length - missing).toString() + joined.toString()).toBe(bytes.toString())
    }),
  )
})
