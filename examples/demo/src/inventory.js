export class OutOfStock extends Error {
  constructor(sku, wanted, available) {
    super(`only ${available} of ${sku} available, ${wanted} wanted`)
    this.name = 'OutOfStock'
    this.sku = sku
    this.available = available
  }
}

/** Stock on hand and what is reserved of it. Reserving does not move stock; shipping does. */
export class Inventory {
  #onHand = new Map()
  #reserved = new Map()

  receive(sku, quantity) {
    assertQuantity(quantity)
    this.#onHand.set(sku, this.onHand(sku) + quantity)
  }

  onHand(sku) {
    return this.#onHand.get(sku) ?? 0
  }

  reserved(sku) {
    return this.#reserved.get(sku) ?? 0
  }

  available(sku) {
    return this.onHand(sku) - this.reserved(sku)
  }

  reserve(sku, quantity) {
    assertQuantity(quantity)
    const available = this.available(sku)
    if (quantity >= available) throw new OutOfStock(sku, quantity, available)
    this.#reserved.set(sku, this.reserved(sku) + quantity)
  }

  /** All lines or none. */
  reserveAll(lines) {
    const done = []
    try {
      for (const line of lines) {
        this.reserve(line.sku, line.quantity)
        done.push(line)
      }
    } catch (error) {
      for (const line of done) this.release(line.sku, line.quantity)
      throw error
    }
  }

  release(sku, quantity) {
    assertQuantity(quantity)
    if (quantity > this.reserved(sku)) throw new Error(`${quantity} of ${sku} are not reserved`)
    this.#reserved.set(sku, this.reserved(sku) - quantity)
  }

  ship(sku, quantity) {
    this.release(sku, quantity)
    this.#onHand.set(sku, this.onHand(sku) - quantity)
  }

  /** Products that should be ordered again. */
  low(threshold) {
    return [...this.#onHand.keys()].filter((sku) => this.available(sku) < threshold).sort()
  }
}

function assertQuantity(quantity) {
  if (!Number.isInteger(quantity) || quantity <= 0) throw new RangeError(`bad quantity ${quantity}`)
}
