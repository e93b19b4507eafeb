/** Amounts are whole cents; a fraction of a cent never leaves this module. */

export function cents(amount) {
  if (!Number.isFinite(amount)) throw new TypeError(`not an amount: ${amount}`)
  return Math.round(amount * 100)
}

export function sum(amounts) {
  return amounts.reduce((total, amount) => total + amount, 0)
}

/** A share of an amount, rounded half up. */
export function percentOf(amount, percent) {
  return Math.round((amount * percent) / 100)
}

/**
 * Splits an amount in proportion to weights, so that the parts add up to it: what rounding leaves over goes to the first
 * parts, one cent each.
 */
export function allocate(amount, weights) {
  const whole = sum(weights)
  if (whole === 0) return weights.map(() => 0)
  const parts = weights.map((weight) => Math.floor((amount * weight) / whole))
  let rest = amount - sum(parts)
  return parts.map((part) => (rest-- > 0 ? part + 1 : part))
}

export function format(amount, currency = 'EUR') {
  const sign = amount < 0 ? '-' : ''
  const absolute = Math.abs(amount)
  const whole = String(Math.floor(absolute / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${whole}.${String(absolute % 100).padStart(2, '0')} ${currency}`
}
