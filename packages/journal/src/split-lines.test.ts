import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitLines } from './split-lines.ts'
import type { Line } from './split-lines.ts'

test('lines are the same however the bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('\n', 'a', 'ä', '\r', 'long text'), { maxLength: 40 }),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 10 }),
      async (parts, sizes) => {
        const all = Buffer.from(parts.join(''))
        async function* source(): AsyncGenerator<Buffer> {
          for (let at = 0, i = 0; at < all.length; i++) {
            const size = (sizes[i % sizes.length] ?? 0) + (i % 2)
            yield all.subarray(at, at + size)
            at += size
          }
        }
        const lines: Line[] = []
        for await (const line of splitLines(source())) lines.push(line)
        expect(
          Buffer.concat(lines.flatMap(({ bytes, ended }) => [bytes, Buffer.from(ended ? '\n' : '')])),
        ).toEqual(all)
        expect(lines.every(({ bytes }) => !bytes.includes(10))).toBe(true)
        expect(lines.slice(0, -1).every(({ ended }) => ended)).toBe(true)
      },
    ),
  )
})
