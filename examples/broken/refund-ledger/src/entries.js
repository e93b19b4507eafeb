/** Kinds of ledger entries and the direction in which each moves the balance. */
export const KINDS = ['deposit', 'purchase', 'refund', 'fee']

export function makeEntry(kind, amount, memo = '') {
  if (!KINDS.includes(kind)) throw new Error(`unknown kind: ${kind}`)
  if (!Number.isInteger(amount) || amount <= 0) throw new Error(`bad amount: ${amount}`)
  return { kind, amount, memo }
}
