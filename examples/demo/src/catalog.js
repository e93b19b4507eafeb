import { TAX_CLASSES } from './tax.js'

export class Catalog {
  #products = new Map()

  add({ sku, name, price, taxClass = 'standard' }) {
    if (this.#products.has(sku)) throw new Error(`product ${sku} exists`)
    if (!Number.isInteger(price) || price < 0) throw new Error(`price of ${sku} must be whole cents`)
    if (!(taxClass in TAX_CLASSES)) throw new Error(`unknown tax class ${taxClass}`)
    const product = Object.freeze({ sku, name, price, taxClass })
    this.#products.set(sku, product)
    return product
  }

  get(sku) {
    const product = this.#products.get(sku)
    if (product === undefined) throw new Error(`unknown product ${sku}`)
    return product
  }

  search(text) {
    const needle = text.trim().toLowerCase()
    return [...this.#products.values()].filter(
      ({ sku, name }) => sku.toLowerCase() === needle || name.toLowerCase().includes(needle),
    )
  }
}
