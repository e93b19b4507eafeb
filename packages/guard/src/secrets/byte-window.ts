/** A set of bytes. Every one has a number of its own, by which a window keeps what it knows. */
export type ByteSet = Uint8Array & { readonly number: number }

let sets = 0

/** The bytes of `characters`; `a-z` and the like stand for ranges, a `-` at the end for itself. */
export function byteSet(characters: string): ByteSet {
  const set = Object.assign(new Uint8Array(256), { number: sets++ })
  for (let at = 0; at < characters.length; at++) {
    const low = characters.charCodeAt(at)
    const range = characters[at + 1] === '-' && at + 2 < characters.length
    const high = range ? characters.charCodeAt(at + 2) : low
    set.fill(1, low, high + 1)
    if (range) at += 2
  }
  return set
}

/** Bytes that are searched, with memory of how far runs reach, so that overlapping candidates cost no second walk. */
export interface ByteWindow {
  readonly bytes: Uint8Array
  readonly length: number
  /** Whether nothing follows. Otherwise what touches the end may go on. */
  readonly final: boolean
  /** The first place from `at` on whose byte is not in the set; at most `length`. */
  runEnd(set: ByteSet, at: number): number
}

export function byteWindow(bytes: Uint8Array, final: boolean): ByteWindow {
  // The last run of each set, in two arrays: a map costs more than most of the walks that it spares.
  const froms = new Int32Array(sets).fill(bytes.length + 1)
  const ends = new Int32Array(sets)
  return {
    bytes,
    length: bytes.length,
    final,
    runEnd(set, at) {
      const { number } = set
      const last = ends[number] ?? 0
      if (at >= (froms[number] ?? 0) && at <= last) return last
      let end = at
      while (end < bytes.length && set[bytes[end] ?? 0] === 1) end++
      froms[number] = at
      ends[number] = end
      return end
    },
  }
}

/** Whether the text stands at `at`; null where the window ends before it is known. */
export function standsAt(window: ByteWindow, text: Uint8Array, at: number): boolean | null {
  const end = Math.min(text.length, window.length - at)
  for (let index = 0; index < end; index++) if (window.bytes[at + index] !== text[index]) return false
  if (end === text.length) return true
  return window.final ? false : null
}
