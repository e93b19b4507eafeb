import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { createService } from '../src/service.js'

describe('sales report', () => {
  let service
  let clock

  beforeEach(() => {
    service = createService(() => clock)
    service.catalog.add({ sku: 'bolt', name: 'Bolt', price: 100 })
    service.catalog.add({ sku: 'nut', name: 'Nut', price: 50 })
    service.inventory.receive('bolt', 100)
    service.inventory.receive('nut', 100)
    for (const [time, sku, quantity] of [
      ['2026-02-28T23:59:59Z', 'bolt', 1],
      ['2026-03-01T00:00:00Z', 'bolt', 2],
      ['2026-03-02T12:00:00Z', 'nut', 9],
      ['2026-03-03T18:30:00Z', 'bolt', 3],
    ]) {
      clock = Date.parse(time)
      service.ship(service.order('Ada', [{ sku, quantity }]).id)
    }
  })

  test('has the best seller first', () => {
    const report = service.report({ from: '2026-02-01', to: '2026-03-31' })
    assert.deepEqual(report.rows, [
      { sku: 'bolt', quantity: 6, revenue: 600 },
      { sku: 'nut', quantity: 9, revenue: 450 },
    ])
    assert.equal(report.revenue, 1050)
    assert.equal(report.orders, 4)
  })

  test('covers the first day from its first moment', () => {
    assert.equal(service.report({ from: '2026-03-01', to: '2026-03-31' }).orders, 3)
  })

  test('covers the last day', () => {
    const report = service.report({ from: '2026-03-01', to: '2026-03-03' })
    assert.equal(report.orders, 3)
    assert.equal(report.revenue, 950)
    assert.equal(report.days, 3)
  })

  test('can cover a single day', () => {
    assert.deepEqual(service.report({ from: '2026-03-02', to: '2026-03-02' }).rows, [{ sku: 'nut', quantity: 9, revenue: 450 }])
  })

  test('refuses what is not a day', () => {
    assert.throws(() => service.report({ from: 'yesterday', to: '2026-03-02' }), /not a day/)
  })
})
