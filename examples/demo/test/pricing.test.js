import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { priceLine, priceOrder, volumeDiscount, voucherValue } from '../src/pricing.js'

const bolt = { sku: 'bolt', price: 200, taxClass: 'standard' }

describe('pricing', () => {
  test('gives the discount of the highest tier that is reached', () => {
    assert.deepEqual([1, 9, 10, 49, 50, 99, 100, 500].map(volumeDiscount), [0, 0, 5, 5, 10, 10, 15, 15])
  })

  test('prices a line', () => {
    assert.deepEqual(priceLine({ product: bolt, quantity: 10 }), {
      sku: 'bolt',
      taxClass: 'standard',
      quantity: 10,
      gross: 2000,
      discount: 100,
      net: 1900,
    })
  })

  test('a voucher is an amount or a percentage, never more than the order', () => {
    assert.equal(voucherValue(null, 1000), 0)
    assert.equal(voucherValue({ kind: 'amount', value: 300 }, 1000), 300)
    assert.equal(voucherValue({ kind: 'percent', value: 15 }, 1000), 150)
    assert.equal(voucherValue({ kind: 'amount', value: 3000 }, 1000), 1000)
  })

  test('a voucher can ask for a minimum', () => {
    const voucher = { kind: 'amount', value: 300, minimum: 1000 }
    assert.equal(voucherValue(voucher, 999), 0)
    assert.equal(voucherValue(voucher, 1000), 300)
  })

  test('an order is the sum of its lines less the voucher', () => {
    const priced = priceOrder([{ product: bolt, quantity: 10 }, { product: bolt, quantity: 1 }], { kind: 'amount', value: 100 })
    assert.equal(priced.net, 2100)
    assert.equal(priced.payable, 2000)
  })
})
