import { minutesBetween } from './shifts.js'

/**
 * Splits the tips of an evening by time worked. Amounts are whole cents: what rounding down leaves goes to those who
 * worked longest, a cent each.
 */
export function splitTips(total, shifts) {
  const worked = shifts.map(({ name, start, end }) => ({ name, minutes: minutesBetween(start, end) }))
  const all = worked.reduce((sum, { minutes }) => sum + minutes, 0)
  if (all === 0) return worked.map(({ name }) => ({ name, cents: 0 }))
  const shares = worked.map(({ name, minutes }) => ({ name, minutes, cents: Math.round((total * minutes) / all) }))
  let rest = total - shares.reduce((sum, { cents }) => sum + cents, 0)
  const byTime = [...shares].sort((a, b) => b.minutes - a.minutes)
  for (const share of byTime) {
    if (rest <= 0) break
    share.cents++
    rest--
  }
  return shares.map(({ name, cents }) => ({ name, cents }))
}

export function summary(shares) {
  return shares.map(({ name, cents }) => `${name}: ${(cents / 100).toFixed(2)}`).join('\n')
}
