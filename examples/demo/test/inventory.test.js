import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Inventory, OutOfStock } from '../src/inventory.js'

function stocked(quantities) {
  const inventory = new Inventory()
  for (const [sku, quantity] of Object.entries(quantities)) inventory.receive(sku, quantity)
  return inventory
}

describe('inventory', () => {
  test('counts what arrives', () => {
    const inventory = stocked({ bolt: 10 })
    inventory.receive('bolt', 5)
    assert.equal(inventory.onHand('bolt'), 15)
    assert.equal(inventory.onHand('nut'), 0)
  })

  test('a reservation lowers what is available, not what is on hand', () => {
    const inventory = stocked({ bolt: 10 })
    inventory.reserve('bolt', 4)
    assert.equal(inventory.available('bolt'), 6)
    assert.equal(inventory.onHand('bolt'), 10)
  })

  test('the last piece can be reserved', () => {
    const inventory = stocked({ bolt: 10 })
    inventory.reserve('bolt', 10)
    assert.equal(inventory.available('bolt'), 0)
  })

  test('more than is available cannot be reserved', () => {
    const inventory = stocked({ bolt: 10 })
    inventory.reserve('bolt', 8)
    assert.throws(
      () => inventory.reserve('bolt', 3),
      (error) => error instanceof OutOfStock && error.available === 2,
    )
    assert.equal(inventory.reserved('bolt'), 8)
  })

  test('several lines are reserved together or not at all', () => {
    const inventory = stocked({ bolt: 10, nut: 2 })
    assert.throws(() => inventory.reserveAll([{ sku: 'bolt', quantity: 5 }, { sku: 'nut', quantity: 3 }]), OutOfStock)
    assert.equal(inventory.reserved('bolt'), 0)
    assert.equal(inventory.reserved('nut'), 0)
  })

  test('shipping takes the goods and the reservation away', () => {
    const inventory = stocked({ bolt: 10 })
    inventory.reserve('bolt', 4)
    inventory.ship('bolt', 4)
    assert.equal(inventory.onHand('bolt'), 6)
    assert.equal(inventory.available('bolt'), 6)
  })

  test('only what is reserved can be released or shipped', () => {
    const inventory = stocked({ bolt: 10 })
    assert.throws(() => inventory.release('bolt', 1), /not reserved/)
    assert.throws(() => inventory.ship('bolt', 1), /not reserved/)
  })

  test('reports what runs low', () => {
    const inventory = stocked({ nut: 3, bolt: 10, gear: 5 })
    inventory.reserve('bolt', 8)
    assert.deepEqual(inventory.low(5), ['bolt', 'nut'])
  })

  test('refuses bad quantities', () => {
    const inventory = stocked({ bolt: 10 })
    for (const quantity of [0, -1, 1.5]) assert.throws(() => inventory.reserve('bolt', quantity), RangeError)
  })
})
