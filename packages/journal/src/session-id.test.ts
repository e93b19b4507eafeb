import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { newSessionId } from './session-id.ts'

test('ids sort by time', () => {
  const time = fc.integer({ min: 0, max: 2 ** 49 })
  fc.assert(
    fc.property(time, time, (a, b) => {
      const earlier = newSessionId(Math.min(a, b), randomBytes)
      const later = newSessionId(Math.max(a, b), randomBytes)
      if (a !== b) expect(earlier < later).toBe(true)
      expect(earlier).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/)
    }),
  )
})

test('ids of one moment differ, and come from time and randomness alone', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newSessionId(1_700_000_000_000, randomBytes)))
  expect(ids.size).toBe(1000)
  expect(newSessionId(1_700_000_000_000, (count) => new Uint8Array(count).fill(33))).toBe(
    '01hf7yat001111111111',
  )
})
