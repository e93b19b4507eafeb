/** Empty between two calls: a table for each would cost more than the counting. */
const counts = new Uint32Array(256)

/** Shannon entropy of the bytes [start, end), in bits a byte. */
export function entropy(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) counts[bytes[at] ?? 0] = (counts[bytes[at] ?? 0] ?? 0) + 1
  const total = end - start
  let bits = 0
  for (let at = start; at < end; at++) {
    const count = counts[bytes[at] ?? 0] ?? 0
    if (count === 0) continue
    bits -= (count / total) * Math.log2(count / total)
    counts[bytes[at] ?? 0] = 0
  }
  return bits
}
