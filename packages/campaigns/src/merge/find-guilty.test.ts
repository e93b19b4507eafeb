import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findGuilty } from './find-guilty.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

async function search(count: number, isGreen: (part: readonly number[]) => boolean) {
  let checks = 1
  const verdict = await findGuilty(numbers(count), async (part) => {
    checks += 1
    return isGreen(part)
  })
  return { ...verdict, checks }
}

test('32 units with 2 guilty ones take at most 12 combined checks, wherever they are', async () => {
  let most = 0
  for (let a = 0; a < 32; a++)
    for (let b = a + 1; b < 32; b++) {
      const { guilty, checks } = await search(32, (part) => !part.includes(a) && !part.includes(b))
      expect(guilty).toEqual([a, b])
      most = Math.max(most, checks)
    }
  expect(most).toBeLessThanOrEqual(12)
})

test('exactly the guilty ones are found, whatever their number', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.uniqueArray(fc.nat(69), { minLength: 1 }),
      async (count, picked) => {
        const bad = picked.filter((n) => n < count).sort((a, b) => a - b)
        fc.pre(bad.length > 0)
        const { guilty, good } = await search(count, (part) => !part.some((n) => bad.includes(n)))
        expect(guilty).toEqual(bad)
        expect(good).toEqual(numbers(count).filter((n) => !bad.includes(n)))
      },
    ),
  )
})

test('of two that are red only together, the later one is taken out', async () => {
  const { guilty, good } = await search(16, (part) => !(part.includes(3) && part.includes(9)))
  expect(guilty).toEqual([9])
  expect(good).toHaveLength(15)
})
