import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cheapest, insuranceFee, quote, volumetricWeight } from '../src/quote.ts'
import { zoneOf } from '../src/zones.ts'

const book = { weight: 1.2, length: 30, width: 20, height: 5 }
const pillow = { weight: 0.8, length: 80, width: 60, height: 25 }
const anvil = { weight: 18.5, length: 40, width: 20, height: 25 }

describe('zones', () => {
  it('knows home, neighbours and the rest', () => {
    assert.deepEqual(['DE', 'FR', 'JP'].map((country) => zoneOf(country)), ['domestic', 'neighbour', 'world'])
  })
})

describe('quotes', () => {
  it('bills started kilograms', () => {
    assert.equal(quote(book, 'JP').billedKg, 2)
    assert.equal(quote(anvil, 'DE').base, 19 * 120)
  })

  it('has a minimum', () => {
    assert.equal(quote(book, 'DE').total, 499)
    assert.equal(quote(book, 'FR').total, 999)
  })

  it('works out the volumetric weight', () => {
    assert.equal(volumetricWeight(pillow), 24)
  })

  it('bills bulky parcels by volume', () => {
    assert.equal(quote(pillow, 'DE').billedKg, 24)
    assert.equal(quote(pillow, 'FR').total, 24 * 250)
  })

  it('insures what is worth more than 500', () => {
    assert.deepEqual([50_000, 50_001, 70_000].map(insuranceFee), [0, 150, 300])
    assert.equal(quote(book, 'DE', 70_000).total, 799)
  })

  it('finds the cheapest, volume considered', () => {
    assert.equal(cheapest([pillow, anvil], 'DE')?.billedKg, 19)
    assert.equal(cheapest([], 'DE'), null)
  })
})
