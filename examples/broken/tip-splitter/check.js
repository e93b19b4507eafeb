import assert from 'node:assert/strict'
import { minutesBetween } from './src/shifts.js'
import { splitTips, summary } from './src/split.js'

const shift = (name, start, end) => ({ name, start, end })
const cents = (shares) => shares.map((share) => share.cents)

// time worked
assert.equal(minutesBetween('18:00', '23:30'), 330)
assert.equal(minutesBetween('22:30', '02:15'), 225)
assert.throws(() => minutesBetween('6pm', '23:00'), /not a time/)

// even shares
assert.deepEqual(cents(splitTips(9000, [shift('a', '18:00', '22:00'), shift('b', '18:00', '20:00')])), [6000, 3000])

// nobody worked
assert.deepEqual(splitTips(100, [shift('a', '18:00', '18:00')]), [{ name: 'a', cents: 0 }])

// nothing is lost and nothing is made up
const three = [shift('a', '18:00', '19:00'), shift('b', '18:00', '19:00'), shift('c', '18:00', '19:00')]
assert.deepEqual(cents(splitTips(100, three)), [34, 33, 33])
assert.deepEqual(cents(splitTips(200, three)), [67, 67, 66])
for (let total = 0; total < 50; total++) {
  const sum = cents(splitTips(total, three)).reduce((a, b) => a + b, 0)
  assert.equal(sum, total, `shares of ${total} add up to ${sum}`)
}

// the rest goes to those who worked longest
const uneven = [shift('a', '18:00', '19:00'), shift('b', '18:00', '20:00')]
assert.deepEqual(cents(splitTips(101, uneven)), [33, 68])

assert.equal(summary(splitTips(101, uneven)), 'a: 0.33\nb: 0.68')
console.log('all checks passed')
