'use strict'

const { bandOf, rebate } = require('./tariff.js')

const STANDING_CHARGE = 490

function consumption(readings) {
  const sorted = [...readings].sort((a, b) => a.date.localeCompare(b.date))
  if (sorted.length < 2) return 0
  return sorted[sorted.length - 1].value - sorted[0].value
}

/** The bill of a month; amounts in cents. */
function bill(household, readings) {
  const used = consumption(readings)
  const band = bandOf(used)
  const water = Math.round(used * band.price)
  const reduction = Math.round((water * rebate(household)) / 100)
  return { used, band: band.name, water, reduction, total: STANDING_CHARGE + water - reduction }
}

module.exports = { bill, consumption }
