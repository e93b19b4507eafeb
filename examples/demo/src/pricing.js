import { percentOf, sum } from './money.js'

/** Discount by quantity of one line; the highest tier that is reached counts. */
export const VOLUME_TIERS = [
  { from: 10, percent: 5 },
  { from: 50, percent: 10 },
  { from: 100, percent: 15 },
]

export function volumeDiscount(quantity) {
  const reached = VOLUME_TIERS.filter((tier) => quantity >= tier.from)
  return reached.at(-1)?.percent ?? 0
}

export function priceLine({ product, quantity }) {
  const gross = product.price * quantity
  const discount = percentOf(gross, volumeDiscount(quantity))
  return { sku: product.sku, taxClass: product.taxClass, quantity, gross, discount, net: gross - discount }
}

/** A voucher is a fixed amount or a percentage of the sum of the lines. */
export function voucherValue(voucher, net) {
  if (voucher === null) return 0
  if (net < (voucher.minimum ?? 0)) return 0
  const value = voucher.kind === 'percent' ? percentOf(net, voucher.value) : voucher.value
  return Math.min(value, net)
}

export function priceOrder(lines, voucher = null) {
  const priced = lines.map(priceLine)
  const net = sum(priced.map((line) => line.net))
  const reduction = voucherValue(voucher, net)
  return { lines: priced, net, reduction, payable: net - reduction }
}
