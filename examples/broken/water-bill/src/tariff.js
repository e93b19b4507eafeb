'use strict'

/** Price of a cubic metre in cents, by the band that a month's consumption falls into. */
const BANDS = [
  { name: 'basic', upTo: 10, price: 150 },
  { name: 'normal', upTo: 30, price: 210 },
  { name: 'high', upTo: Infinity, price: 340 },
]

function bandOf(cubicMetres) {
  if (cubicMetres < 0) throw new RangeError('consumption cannot be negative')
  return BANDS.find((band) => cubicMetres <= band.upTo)
}

function rebate(household) {
  if (household.people >= 4) return 10
  if (household.people >= 6) return 15
  return household.pensioner ? 5 : 0
}

module.exports = { BANDS, bandOf, rebate }
