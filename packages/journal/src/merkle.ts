import { hash } from 'node:crypto'

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer')

/** Root of the tree without leaves (RFC 6962 §2.1): the hash of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array(0))

/** Hash of a leaf (RFC 6962 §2.1): SHA-256 over 0x00 and the data. */
export function leafHash(data: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(data.length + 1)
  input[0] = 0
  input.set(data, 1)
  return sha256(input)
}

/** Hash of an inner node (RFC 6962 §2.1): SHA-256 over 0x01 and both children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + 2 * hashBytes)
  input[0] = 1
  input.set(left, 1)
  input.set(right, 1 + hashBytes)
  return sha256(input)
}

/**
 * What has to be kept to grow a tree: the roots of its perfect subtrees, largest first, one for each bit set in `size`.
 * A value: appending gives a new one, so that a failed transaction leaves the old one valid.
 */
export interface Frontier {
  readonly size: number
  readonly roots: readonly Uint8Array[]
}

/** The frontier of the empty tree. */
export const emptyFrontier: Frontier = { size: 0, roots: [] }

/** Adds leaf hashes in order. Amortised one node hash a leaf. */
export function appendLeaves(frontier: Frontier, leaves: readonly Uint8Array[]): Frontier {
  const roots = [...frontier.roots]
  let size = frontier.size
  for (const leaf of leaves) {
    let node = leaf
    // A set bit is a perfect subtree as large as the one in hand: both become one of twice the size.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(roots.pop() ?? node, node)
    roots.push(node)
    size++
  }
  return { size, roots }
}

/** The RFC 6962 root of the tree. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  return frontier.roots.length === 0
    ? emptyRoot()
    : frontier.roots.reduceRight((right, left) => nodeHash(left, right))
}

/** The frontier as bytes: its roots one after the other. */
export const packFrontier = (frontier: Frontier): Uint8Array => Buffer.concat(frontier.roots)

/** Reads what `packFrontier` wrote; null where the bytes cannot belong to a tree of this size. */
export function unpackFrontier(size: number, bytes: Uint8Array): Frontier | null {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  if (bytes.length !== count * hashBytes) return null
  return {
    size,
    roots: Array.from({ length: count }, (_, i) => bytes.slice(i * hashBytes, (i + 1) * hashBytes)),
  }
}
