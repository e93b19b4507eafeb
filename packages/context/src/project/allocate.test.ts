import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate } from './allocate.ts'

const claims = fc.array(
  fc.record({ need: fc.nat(5_000), floor: fc.integer({ min: 0, max: 50 }).map((n) => n / 100) }),
  { maxLength: 12 },
)

describe('allocate', () => {
  it('gives all what they need where there is enough', () => {
    expect(
      allocate(
        [
          { need: 10, floor: 0 },
          { need: 90, floor: 0.5 },
        ],
        100,
      ),
    ).toEqual([10, 90])
  })

  it('keeps the floor of a later claim and fills earlier ones first with what is free', () => {
    const grants = allocate(
      [
        { need: 500, floor: 0.1 },
        { need: 500, floor: 0.3 },
        { need: 500, floor: 0.1 },
      ],
      600,
    )
    expect(grants).toEqual([360, 180, 60])
  })

  it('never gives more than the budget or than is needed, and wastes nothing', () => {
    fc.assert(
      fc.property(claims, fc.nat(20_000), (list, budget) => {
        const grants = allocate(list, budget)
        const given = grants.reduce((sum, grant) => sum + grant, 0)
        const needed = list.reduce((sum, claim) => sum + claim.need, 0)
        expect(given).toBe(Math.min(needed, budget))
        for (const [index, grant] of grants.entries())
          expect(grant).toBeLessThanOrEqual(list[index]?.need ?? 0)
      }),
    )
  })
})
