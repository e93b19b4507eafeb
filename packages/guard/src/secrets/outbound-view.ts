/** Letters and digits, small; 0 for what separates them and says nothing. */
const reduced = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ((byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122)) return byte
  return byte >= 65 && byte <= 90 ? byte + 32 : 0
})

const hexValue = (byte: number | undefined): number => {
  const value = Number.parseInt(String.fromCharCode(byte ?? 0), 16)
  return Number.isNaN(value) ? -1 : value
}

/** Reads bytes as they are. */
export const plainReader = () => (bytes: Uint8Array) => bytes

/** Reads `%41`, `\x41`, `\u0041` and `&#65;` as what they stand for, also across pieces. */
export const escapeReader = () => {
  let begun: number[] = []
  return (bytes: Uint8Array): Uint8Array => {
    const all = begun.length === 0 ? bytes : Buffer.concat([Uint8Array.from(begun), bytes])
    const out = new Uint8Array(all.length)
    let length = 0
    let at = 0
    for (; at < all.length;) {
      const escape = escapeAt(all, at)
      if (escape === 'more') break
      out[length++] = escape === null ? (all[at] ?? 0) : escape.byte
      at += escape === null ? 1 : escape.length
    }
    begun = [...all.subarray(at)]
    return out.subarray(0, length)
  }
}

const escapeAt = (bytes: Uint8Array, at: number): { byte: number; length: number } | null | 'more' => {
  const first = bytes[at]
  if (first === 37) return hexAt(bytes, at + 1, 2, 3)
  if (first === 38) return decimalAt(bytes, at)
  if (first !== 92) return null
  const letter = bytes[at + 1]
  if (letter === undefined) return 'more'
  if (letter === 120) return hexAt(bytes, at + 2, 2, 4)
  return letter === 117 ? hexAt(bytes, at + 2, 4, 6) : null
}

const hexAt = (bytes: Uint8Array, from: number, digits: number, length: number) => {
  let value = 0
  for (let index = from; index < from + digits; index++) {
    if (index >= bytes.length) return 'more'
    const digit = hexValue(bytes[index])
    if (digit < 0) return null
    value = value * 16 + digit
  }
  return value < 256 ? { byte: value, length } : null
}

const decimalAt = (bytes: Uint8Array, at: number) => {
  if (at + 1 >= bytes.length) return 'more'
  if (bytes[at + 1] !== 35) return null
  let value = 0
  for (let index = at + 2; index < at + 6; index++) {
    const byte = bytes[index]
    if (byte === undefined) return 'more'
    if (byte === 59) return { byte: value & 255, length: index - at + 1 }
    if (byte < 48 || byte > 57) return null
    value = value * 10 + byte - 48
  }
  return null
}

/** What has been read so far in one way, reduced; the last `keep` characters stay to be looked at again. */
export const createView = (keep: number, read: (bytes: Uint8Array) => Uint8Array) => {
  let tail: Uint8Array = new Uint8Array(0)
  return {
    /** The kept characters and the new ones. */
    take(bytes: Uint8Array): Uint8Array {
      const more = read(bytes)
      const text = new Uint8Array(tail.length + more.length)
      text.set(tail)
      let length = tail.length
      for (let at = 0; at < more.length; at++) {
        const byte = reduced[more[at] ?? 0] ?? 0
        if (byte !== 0) text[length++] = byte
      }
      tail = text.slice(Math.max(0, length - keep), length)
      return text.subarray(0, length)
    },
    tail: () => tail,
    startFrom(text: Uint8Array) {
      tail = text
    },
  }
}
