import { makeEntry } from './entries.js'

export class Ledger {
  #entries = []
  #limit

  /** `limit` is how far the balance may go below zero. */
  constructor(limit = 0) {
    this.#limit = limit
  }

  deposit(amount, memo) {
    return this.#post(makeEntry('deposit', amount, memo))
  }

  purchase(amount, memo) {
    return this.#post(makeEntry('purchase', amount, memo))
  }

  refund(amount, memo) {
    return this.#post(makeEntry('refund', amount, memo))
  }

  fee(amount, memo) {
    return this.#post(makeEntry('fee', amount, memo))
  }

  balance() {
    let balance = 0
    for (const { kind, amount } of this.#entries) {
      switch (kind) {
        case 'deposit':
          balance += amount
          break
        case 'refund':
          balance -= amount
          break
        default:
          balance -= amount
      }
    }
    return balance
  }

  statement() {
    return this.#entries.map(({ kind, amount, memo }) => ({ kind, amount, memo }))
  }

  totals() {
    const totals = {}
    for (const { kind, amount } of this.#entries) totals[kind] = (totals[kind] ?? 0) + amount
    return totals
  }

  #post(entry) {
    const spends = entry.kind === 'purchase'
    if (spends && this.balance() - entry.amount < -this.#limit) {
      throw new Error(`insufficient funds: ${this.balance()} for ${entry.amount}`)
    }
    this.#entries.push(entry)
    return this.balance()
  }
}
