import { expect, it } from 'vitest'
import { idRanges } from './id-ranges.ts'

it('writes numbered ids as ranges, and leaves all others alone', () => {
  const ids = ['ab.0', 'ab.1', 'x', 'ab.2', 'cd.4+ab.7', 'ab.9', 'v1.02', 'cd.4+ab.8']
  expect(idRanges(ids)).toBe('ab.0-2,9 x cd.4+ab.7-8 v1.02')
  expect(idRanges([])).toBe('')
})
