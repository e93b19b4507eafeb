import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { createService } from '../src/service.js'

describe('orders', () => {
  let service
  let clock

  beforeEach(() => {
    clock = Date.parse('2026-03-01T09:00:00Z')
    service = createService(() => clock)
    service.catalog.add({ sku: 'bolt', name: 'Bolt', price: 100 })
    service.catalog.add({ sku: 'nut', name: 'Nut', price: 50 })
    service.inventory.receive('bolt', 100)
    service.inventory.receive('nut', 10)
  })

  test('an order reserves its goods', () => {
    const order = service.order('Ada', [{ sku: 'bolt', quantity: 5 }])
    assert.equal(order.state, 'placed')
    assert.equal(service.inventory.available('bolt'), 95)
  })

  test('lines of one product are put together', () => {
    const order = service.order('Ada', [{ sku: 'bolt', quantity: 6 }, { sku: 'nut', quantity: 1 }, { sku: 'bolt', quantity: 4 }])
    assert.deepEqual(order.lines, [{ sku: 'bolt', quantity: 10 }, { sku: 'nut', quantity: 1 }])
    assert.equal(order.priced.lines[0].discount, 50)
  })

  test('all that is left can be ordered', () => {
    const order = service.order('Ada', [{ sku: 'nut', quantity: 10 }])
    assert.equal(order.state, 'placed')
    assert.equal(service.inventory.available('nut'), 0)
  })

  test('cancelling gives the goods free again', () => {
    const order = service.order('Ada', [{ sku: 'bolt', quantity: 5 }])
    service.cancel(order.id)
    assert.equal(service.inventory.available('bolt'), 100)
    assert.throws(() => service.ship(order.id), /cancelled/)
  })

  test('shipping bills the order', () => {
    const order = service.order('Ada', [{ sku: 'bolt', quantity: 5 }])
    const bill = service.ship(order.id)
    assert.equal(bill.total, 600)
    assert.equal(service.invoices.length, 1)
    assert.equal(service.inventory.onHand('bolt'), 95)
  })

  test('an order is shipped once', () => {
    const order = service.order('Ada', [{ sku: 'bolt', quantity: 5 }])
    service.ship(order.id)
    assert.throws(() => service.ship(order.id), /shipped/)
  })

  test('an order that cannot be met leaves nothing behind', () => {
    assert.throws(() => service.order('Ada', [{ sku: 'bolt', quantity: 5 }, { sku: 'nut', quantity: 11 }]))
    assert.equal(service.inventory.available('bolt'), 100)
    assert.deepEqual(service.log.of('order-placed'), [])
  })

  test('an empty order is refused', () => {
    assert.throws(() => service.order('Ada', []), /at least one line/)
  })
})
