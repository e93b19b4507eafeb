'use strict'

const assert = require('node:assert/strict')
const { bill, consumption } = require('../src/bill.js')
const { bandOf, rebate } = require('../src/tariff.js')

const readings = (from, to) => [
  { date: '2026-04-30', value: to },
  { date: '2026-04-01', value: from },
]

const checks = {
  'consumption is last less first'() {
    assert.equal(consumption(readings(100, 112)), 12)
    assert.equal(consumption([{ date: '2026-04-01', value: 5 }]), 0)
  },
  'bands include their upper end'() {
    assert.deepEqual([0, 10, 10.5, 30, 31].map((used) => bandOf(used).name), ['basic', 'basic', 'normal', 'normal', 'high'])
  },
  'negative consumption is refused'() {
    assert.throws(() => bandOf(-1), RangeError)
  },
  'small households have no rebate unless they are pensioners'() {
    assert.equal(rebate({ people: 2 }), 0)
    assert.equal(rebate({ people: 1, pensioner: true }), 5)
  },
  'families have a rebate'() {
    assert.equal(rebate({ people: 4 }), 10)
    assert.equal(rebate({ people: 5, pensioner: true }), 10)
  },
  'large families have a larger one'() {
    assert.equal(rebate({ people: 6 }), 15)
    assert.equal(rebate({ people: 9 }), 15)
  },
  'a bill'() {
    assert.deepEqual(bill({ people: 2 }, readings(100, 112)), { used: 12, band: 'normal', water: 2520, reduction: 0, total: 3010 })
  },
  'the bill of a large family'() {
    assert.equal(bill({ people: 7 }, readings(0, 40)).reduction, 2040)
  },
}

let failed = 0
for (const [name, check] of Object.entries(checks)) {
  try {
    check()
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}\n${error.stack}`)
  }
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
