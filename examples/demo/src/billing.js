import { allocate, percentOf, sum } from './money.js'
import { rateOf } from './tax.js'

/**
 * The invoice of a priced order. The voucher is spread over the tax classes in proportion to their lines, then tax is
 * taken per class.
 */
export function invoice(number, order, at) {
  const { lines, net, reduction } = order.priced
  const byClass = Object.groupBy(lines, (line) => line.taxClass)
  const classes = Object.keys(byClass).sort()
  const sums = classes.map((name) => sum(byClass[name].map((line) => line.net)))
  const reductions = allocate(reduction, sums)
  const taxes = classes.map((name, index) => {
    const base = sums[index] - reductions[index]
    const rate = rateOf(name)
    return { taxClass: name, rate, base, tax: percentOf(sums[index], rate) }
  })
  const tax = sum(taxes.map((each) => each.tax))
  return {
    number: `INV-${String(number).padStart(5, '0')}`,
    order: order.id,
    customer: order.customer,
    at,
    lines,
    net,
    reduction,
    taxes,
    tax,
    total: net - reduction + tax,
  }
}
