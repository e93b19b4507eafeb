import assert from 'node:assert/strict'
import test from 'node:test'
import { makeEntry } from '../src/entries.js'
import { Ledger } from '../src/ledger.js'

test('starts at zero', () => {
  assert.equal(new Ledger().balance(), 0)
})

test('deposits add, purchases and fees take away', () => {
  const ledger = new Ledger()
  assert.equal(ledger.deposit(1000), 1000)
  assert.equal(ledger.purchase(300, 'shoes'), 700)
  assert.equal(ledger.fee(50), 650)
})

test('a refund gives the money back', () => {
  const ledger = new Ledger()
  ledger.deposit(1000)
  ledger.purchase(400, 'coat')
  assert.equal(ledger.refund(400, 'coat'), 1000)
})

test('a refund can be spent again', () => {
  const ledger = new Ledger()
  ledger.deposit(500)
  ledger.purchase(500)
  ledger.refund(500)
  assert.equal(ledger.purchase(200), 300)
})

test('a purchase above the limit is refused', () => {
  const ledger = new Ledger(100)
  ledger.deposit(50)
  assert.equal(ledger.purchase(150), -100)
  assert.throws(() => ledger.purchase(1), /insufficient funds/)
})

test('totals by kind', () => {
  const ledger = new Ledger()
  ledger.deposit(300)
  ledger.deposit(200)
  ledger.purchase(100)
  assert.deepEqual(ledger.totals(), { deposit: 500, purchase: 100 })
})

test('bad entries are refused', () => {
  assert.throws(() => makeEntry('gift', 1), /unknown kind/)
  assert.throws(() => makeEntry('fee', 0), /bad amount/)
})
