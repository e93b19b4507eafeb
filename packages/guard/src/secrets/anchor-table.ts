/** What is to be looked at wherever its first three bytes stand, whatever their case. */
export interface Anchor {
  /** At least three bytes. */
  readonly start: Uint8Array
}

/** Bytes in 64 classes: letters without their case, digits, and the marks that secrets are made of. */
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 97 && byte <= 122) return byte - 96
  if (byte >= 65 && byte <= 90) return byte - 64
  if (byte >= 48 && byte <= 57) return byte - 48 + 27
  const mark = '_-:/.+= %$@~!#&*'.indexOf(String.fromCharCode(byte))
  return mark >= 0 ? 37 + mark : 53 + (byte % 11)
})

const classOf = (bytes: Uint8Array, at: number): number => classes[bytes[at] ?? 0] ?? 0

/** Whether what is there of the anchor after its first three bytes fits, case apart. */
const mayStand = (start: Uint8Array, bytes: Uint8Array, at: number, to: number): boolean => {
  const length = Math.min(start.length, to - at)
  for (let index = 3; index < length; index++)
    if (classes[bytes[at + index] ?? 0] !== classes[start[index] ?? 0]) return false
  return true
}

/**
 * Finds all places where one of many anchors may begin, in one pass that mostly moves by two bytes.
 * Source: S. Wu and U. Manber, A fast algorithm for multi-pattern searching, TR-94-17, University of Arizona, 1994.
 */
export function createAnchorTable<A extends Anchor>(
  anchors: readonly A[],
): { find(bytes: Uint8Array, from: number, to: number, visit: (anchor: A, at: number) => void): void } {
  const shifts = new Uint8Array(4096).fill(2)
  // By the classes of three bytes: the place in `buckets`, 0 where nothing begins so.
  const places = new Uint16Array(1 << 18)
  const buckets: A[][] = [[]]
  for (const anchor of anchors) {
    const [a, b, c] = [0, 1, 2].map((index) => classOf(anchor.start, index)) as [number, number, number]
    const first = (a << 6) | b
    const last = (b << 6) | c
    shifts[first] = Math.min(shifts[first] ?? 2, 1)
    shifts[last] = 0
    const key = (a << 12) | last
    if (places[key] === 0) places[key] = buckets.push([]) - 1
    buckets[places[key] ?? 0]?.push(anchor)
  }
  const none: A[] = []
  return {
    find(bytes, from, to, visit) {
      let at = from + 2
      while (at < to) {
        const block = ((classes[bytes[at - 1] ?? 0] ?? 0) << 6) | (classes[bytes[at] ?? 0] ?? 0)
        const shift = shifts[block] ?? 0
        if (shift > 0) {
          at += shift
          continue
        }
        const place = places[((classes[bytes[at - 2] ?? 0] ?? 0) << 12) | block] ?? 0
        const bucket = place === 0 ? none : (buckets[place] ?? none)
        for (let index = 0; index < bucket.length; index++) {
          const anchor = bucket[index]
          if (anchor !== undefined && mayStand(anchor.start, bytes, at - 2, to)) visit(anchor, at - 2)
        }
        at += 1
      }
    },
  }
}
