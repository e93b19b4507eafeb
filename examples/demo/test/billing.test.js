import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { invoice } from '../src/billing.js'
import { priceOrder } from '../src/pricing.js'

const bolt = { sku: 'bolt', price: 1000, taxClass: 'standard' }
const book = { sku: 'book', price: 2000, taxClass: 'reduced' }

function bill(lines, voucher) {
  return invoice(7, { id: 3, customer: 'Ada', priced: priceOrder(lines, voucher) }, 0)
}

describe('billing', () => {
  test('numbers invoices', () => {
    assert.equal(bill([{ product: bolt, quantity: 1 }]).number, 'INV-00007')
  })

  test('adds tax', () => {
    const { net, tax, total } = bill([{ product: bolt, quantity: 3 }])
    assert.deepEqual({ net, tax, total }, { net: 3000, tax: 600, total: 3600 })
  })

  test('takes each tax class at its rate', () => {
    const { taxes, total } = bill([{ product: bolt, quantity: 1 }, { product: book, quantity: 1 }])
    assert.deepEqual(taxes, [
      { taxClass: 'reduced', rate: 7, base: 2000, tax: 140 },
      { taxClass: 'standard', rate: 20, base: 1000, tax: 200 },
    ])
    assert.equal(total, 3340)
  })

  test('a voucher lowers the tax', () => {
    const { reduction, tax, total } = bill([{ product: bolt, quantity: 2 }], { kind: 'amount', value: 500 })
    assert.deepEqual({ reduction, tax, total }, { reduction: 500, tax: 300, total: 1800 })
  })

  test('a voucher is spread over the tax classes', () => {
    const { taxes } = bill([{ product: bolt, quantity: 2 }, { product: book, quantity: 1 }], { kind: 'percent', value: 10 })
    assert.deepEqual(taxes.map(({ base, tax }) => [base, tax]), [
      [1800, 126],
      [1800, 360],
    ])
  })

  test('an order that a voucher pays for has no tax', () => {
    const { tax, total } = bill([{ product: bolt, quantity: 1 }], { kind: 'amount', value: 5000 })
    assert.deepEqual({ tax, total }, { tax: 0, total: 0 })
  })
})
