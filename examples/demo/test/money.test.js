import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocate, cents, format, percentOf, sum } from '../src/money.js'

describe('money', () => {
  test('turns an amount into whole cents', () => {
    assert.equal(cents(19.99), 1999)
    assert.equal(cents(0.1 + 0.2), 30)
    assert.throws(() => cents(Number.NaN), TypeError)
  })

  test('adds up, also nothing', () => {
    assert.equal(sum([1, 2, 3]), 6)
    assert.equal(sum([]), 0)
  })

  test('rounds a percentage half up', () => {
    assert.equal(percentOf(250, 5), 13)
    assert.equal(percentOf(1000, 20), 200)
  })

  test('allocates without losing a cent', () => {
    assert.deepEqual(allocate(100, [1, 1, 1]), [34, 33, 33])
    assert.deepEqual(allocate(500, [3, 1]), [375, 125])
    assert.deepEqual(allocate(0, [0, 0]), [0, 0])
  })

  test('formats with thousands and two digits', () => {
    assert.equal(format(123456789), '1,234,567.89 EUR')
    assert.equal(format(-5), '-0.05 EUR')
    assert.equal(format(100, 'USD'), '1.00 USD')
  })
})
