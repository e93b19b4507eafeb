import { expect, test } from 'vitest'
import { GapList } from './gap-list.ts'

test('numbers that come late leave the rest of their span', () => {
  const gaps = new GapList()
  gaps.add(3, 6)
  gaps.add(9, 9)
  for (const seq of [4, 9, 100]) gaps.fill(seq)
  expect(gaps.spans()).toEqual([
    [3, 3],
    [5, 6],
  ])
  for (const seq of [3, 6, 5]) gaps.fill(seq)
  expect(gaps.spans()).toEqual([])
})
