import { priceOrder } from './pricing.js'

const NEXT = {
  placed: ['shipped', 'cancelled'],
  shipped: [],
  cancelled: [],
}

export class Orders {
  #orders = new Map()
  #catalog
  #inventory
  #log

  constructor({ catalog, inventory, log }) {
    this.#catalog = catalog
    this.#inventory = inventory
    this.#log = log
  }

  place({ customer, lines, voucher = null, at }) {
    if (lines.length === 0) throw new Error('an order needs at least one line')
    const merged = mergeLines(lines)
    const priced = priceOrder(
      merged.map(({ sku, quantity }) => ({ product: this.#catalog.get(sku), quantity })),
      voucher,
    )
    this.#inventory.reserveAll(merged)
    const order = { id: this.#orders.size + 1, customer, lines: merged, priced, state: 'placed', at }
    this.#orders.set(order.id, order)
    this.#log.emit('order-placed', at, { order: order.id, customer })
    return order
  }

  get(id) {
    const order = this.#orders.get(id)
    if (order === undefined) throw new Error(`unknown order ${id}`)
    return order
  }

  ship(id, at) {
    const order = this.#move(id, 'shipped')
    for (const { sku, quantity } of order.lines) this.#inventory.ship(sku, quantity)
    this.#log.emit('order-shipped', at, { order: id, lines: order.priced.lines })
    return order
  }

  cancel(id, at) {
    const order = this.#move(id, 'cancelled')
    for (const { sku, quantity } of order.lines) this.#inventory.release(sku, quantity)
    this.#log.emit('order-cancelled', at, { order: id })
    return order
  }

  #move(id, state) {
    const order = this.get(id)
    if (!NEXT[order.state].includes(state)) throw new Error(`order ${id} is ${order.state}, it cannot be ${state}`)
    order.state = state
    return order
  }
}

function mergeLines(lines) {
  const bySku = new Map()
  for (const { sku, quantity } of lines) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity)
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity }))
}
