/** Shannon entropy of the bytes [start, end), in bits a byte. */
export function entropy(bytes: Uint8Array, start: number, end: number): number {
  const counts = new Uint32Array(256)
  for (let at = start; at < end; at++) counts[bytes[at] ?? 0] = (counts[bytes[at] ?? 0] ?? 0) + 1
  const total = end - start
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total)
  return bits
}
