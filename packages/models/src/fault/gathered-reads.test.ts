import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { gatheredReads } from './gathered-reads.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A stream of bytes with a pause before each piece, that may break at the end. */
function streamOf(pieces: readonly { byte: number; ms: number }[], broken: boolean) {
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const { byte, ms } of pieces) {
        if (ms > 0) await pause(ms)
        controller.enqueue(Uint8Array.of(byte))
      }
      if (broken) controller.error(new Error('cut'))
      else controller.close()
    },
  })
}

async function drain(stream: ReadableStream<Uint8Array>) {
  const seen: number[] = []
  const got: number[] = []
  const read = gatheredReads(stream.getReader(), (piece) => seen.push(...piece))
  let reads = 0
  try {
    for (;;) {
      const { done, value } = await read()
      if (done) return { seen, got, reads, error: null }
      reads += 1
      got.push(...value)
    }
  } catch (error) {
    return { seen, got, reads, error }
  }
}

test('every byte comes once and in order, then the end or the error', async () => {
  const piece = fc.record({ byte: fc.nat(255), ms: fc.constantFrom(0, 0, 0, 1, 30) })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.boolean(), async (pieces, broken) => {
      const bytes = pieces.map(({ byte }) => byte)
      const { seen, got, error } = await drain(streamOf(pieces, broken))
      // A stream that breaks may take with it what nobody had read yet.
      expect(got).toEqual(broken ? bytes.slice(0, got.length) : bytes)
      expect(seen).toEqual(got)
      expect(error).toEqual(broken ? new Error('cut') : null)
    }),
    { numRuns: 60 },
  )
})

test('many small pieces become few', async () => {
  const pieces = Array.from({ length: 100 }, (_, n) => ({ byte: n, ms: 1 }))
  const { got, reads } = await drain(streamOf(pieces, false))
  expect(got).toHaveLength(100)
  expect(reads).toBeLessThan(60)
})

test('the first piece is not held back', async () => {
  const stuck = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Uint8Array.of(7)),
  })
  const { value } = await gatheredReads(stuck.getReader(), () => undefined)()
  expect(value).toEqual(Uint8Array.of(7))
})
