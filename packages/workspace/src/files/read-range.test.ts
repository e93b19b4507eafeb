import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRoot } from '../paths/locate.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { MAX_TEXT, readRange } from './read-range.ts'

test('any range of any text is what splitting the whole text gives', () => {
  using temp = tempFolder()
  const root = openRoot(temp.path)
  const line = fc.stringMatching(/^[a-zäß\r ]{0,6}$/)
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.nat(14),
      fc.nat(14),
      (lines, ended, first, length) => {
        const text = lines.join('\n') + (ended ? '\n' : '')
        fs.writeFileSync(join(temp.path, 'f'), text)
        const all = text === '' ? [] : text.replace(/\n$/, '').split('\n')
        const from = first + 1
        const result = readRange(root, 'f', { first: from, last: from + length })
        if (!result.ok) throw new Error(result.message)
        expect(result.value.text).toBe(all.slice(first, first + length + 1).join('\n'))
        expect(result.value.totalLines).toBe(all.length)
        expect(result.value.sha256).toBe(createHash('sha256').update(text).digest('hex'))
        const shown = all.slice(first, first + length + 1).length
        expect(result.value.last - result.value.first + 1).toBe(shown)
      },
    ),
    { numRuns: 300 },
  )
})

test('reads over chunk borders', () => {
  using temp = tempFolder({ f: Array.from({ length: 100_000 }, (_, i) => `line ${i + 1}`).join('\n') })
  const result = readRange(openRoot(temp.path), 'f', { first: 50_000, last: 50_001 })
  expect(result).toMatchObject({
    ok: true,
    value: { text: 'line 50000\nline 50001', first: 50_000, last: 50_001, totalLines: 100_000 },
  })
})

test('refuses binary files', () => {
  using temp = tempFolder({
    f: Buffer.from([1, 2, 0, 3]),
    'utf16.txt': Buffer.from('\ufeffhello', 'utf16le'),
  })
  const root = openRoot(temp.path)
  expect(readRange(root, 'f')).toMatchObject({ ok: false, code: 'binary' })
  expect(readRange(root, 'utf16.txt')).toMatchObject({ ok: false, code: 'binary' })
})

test('a large file is read by range only, with bounded memory', () => {
  using temp = tempFolder()
  const path = join(temp.path, 'large.log')
  const block = `${'x'.repeat(99)}\n`.repeat(10_000)
  const fd = fs.openSync(path, 'w')
  for (let i = 0; i < 64; i++) fs.writeSync(fd, block)
  fs.closeSync(fd)
  const root = openRoot(temp.path)
  expect(readRange(root, 'large.log')).toMatchObject({ ok: false, code: 'too-large' })
  const before = process.memoryUsage().arrayBuffers
  const result = readRange(root, 'large.log', { first: 639_999, last: 640_000 })
  expect(result).toMatchObject({ ok: true, value: { totalLines: 640_000, bytes: 64_000_000 } })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024)
})

test('one endless line and a sparse giant are refused, not loaded', () => {
  using temp = tempFolder({ line: 'a'.repeat(MAX_TEXT + 1) })
  const root = openRoot(temp.path)
  expect(readRange(root, 'line', { first: 1, last: 1 })).toMatchObject({ ok: false, code: 'too-large' })
  fs.writeFileSync(join(temp.path, 'sparse'), 'a\n')
  fs.truncateSync(join(temp.path, 'sparse'), 1024 ** 4)
  expect(readRange(root, 'sparse', { first: 1, last: 1 })).toMatchObject({ ok: false, code: 'too-large' })
})

test('a FIFO is refused at once', () => {
  using temp = tempFolder()
  execFileSync('mkfifo', [join(temp.path, 'pipe')])
  expect(readRange(openRoot(temp.path), 'pipe')).toMatchObject({ ok: false, code: 'io' })
})
