import { emptyRoot, nodeHash } from './merkle.ts'

/** The largest power of two smaller than `n` (n ≥ 2): where RFC 6962 splits a tree. */
function split(n: number): number {
  let half = 1
  while (half * 2 < n) half *= 2
  return half
}

/** Root over leaf hashes [from, to) by the definition of RFC 6962 §2.1; O(n). */
export function rootOf(leaves: readonly Uint8Array[], from = 0, to = leaves.length): Uint8Array {
  const only = leaves[from]
  if (to <= from || only === undefined) return emptyRoot()
  if (to - from === 1) return only
  const middle = from + split(to - from)
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to))
}

/**
 * The audit path of leaf `index` (from 0) in the tree over all `leaves` (RFC 6962 §2.1.1), deepest hash first.
 * Throws `RangeError` where there is no such leaf.
 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`There is no leaf ${index} in a tree of ${leaves.length}.`)
  }
  const path: Uint8Array[] = []
  for (let from = 0, to = leaves.length; to - from > 1;) {
    const middle = from + split(to - from)
    if (index < middle) {
      path.push(rootOf(leaves, middle, to))
      to = middle
    } else {
      path.push(rootOf(leaves, from, middle))
      from = middle
    }
  }
  return path.reverse()
}

/**
 * The proof that the tree over the first `size` leaves is a prefix of the tree over all (RFC 6962 §2.1.2).
 * Empty for sizes 0 and `leaves.length`. Throws `RangeError` for other sizes outside.
 */
export function consistencyProof(leaves: readonly Uint8Array[], size: number): Uint8Array[] {
  if (!Number.isInteger(size) || size < 0 || size > leaves.length) {
    throw new RangeError(`A tree of ${leaves.length} has no prefix of ${size}.`)
  }
  if (size === 0) return []
  const path: Uint8Array[] = []
  let from = 0
  let to = leaves.length
  // As long as the old tree ends where a subtree starts at 0, the verifier knows that subtree's root already.
  while (size !== to) {
    const middle = from + split(to - from)
    if (size <= middle) {
      path.push(rootOf(leaves, middle, to))
      to = middle
    } else {
      path.push(rootOf(leaves, from, middle))
      from = middle
    }
  }
  if (from !== 0) path.push(rootOf(leaves, from, to))
  return path.reverse()
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Whether `leaf` is leaf `index` of the tree with this size and root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  tree: { size: number; root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (!Number.isInteger(index) || index < 0 || index >= tree.size) return false
  let position = index
  let last = tree.size - 1
  let node = leaf
  for (const sibling of path) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node)
      // A last node without a sibling moves up unchanged until it is a right child.
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      node = nodeHash(node, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equal(node, tree.root)
}

/** Whether the older tree is a prefix of the newer one (RFC 9162 §2.1.4.2). */
export function verifyConsistency(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size) return false
  if (older.size === newer.size) return path.length === 0 && equal(older.root, newer.root)
  if (older.size === 0) return path.length === 0 && equal(older.root, emptyRoot())
  let position = older.size - 1
  let last = newer.size - 1
  while (position % 2 === 1) {
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  // An older tree that is perfect is itself the first node of the path.
  const nodes = position === 0 ? [older.root, ...path] : path
  const [first, ...rest] = nodes
  if (first === undefined) return false
  let oldNode = first
  let newNode = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      oldNode = nodeHash(sibling, oldNode)
      newNode = nodeHash(sibling, newNode)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      newNode = nodeHash(newNode, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equal(oldNode, older.root) && equal(newNode, newer.root)
}
