import { entropy } from './entropy.ts'

/** How a value was spelled where it was found. */
export type Spelling =
  | 'plain'
  | 'reversed'
  | 'base64'
  | 'base64 twice'
  | 'base32'
  | 'hex'
  | 'percent'
  | 'decimal'
  | 'rot13'

export interface SpelledSecret {
  spelling: Spelling
  /** Letters and digits only, small. */
  text: string
  /** So many characters in a row of it are enough to tell it. */
  least: number
}

/** A piece of a random value this long is nobody else's. */
const telling = 16
const shortest = 8

/** What outbound bytes are reduced to before they are looked at: separators, case and line breaks hide nothing. */
const reduce = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/gu, '').toLowerCase()

/** What of a base64 text stays the same whatever stands before and behind the value in the encoded bytes. */
export const base64Cores = (value: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), value]).toString('base64')
    return text.slice([0, 2, 3][before], Math.floor(((before + value.length) * 8) / 6))
  })

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** The same for base32 (RFC 4648, 6). */
const base32Cores = (value: Buffer): string[] =>
  [0, 1, 2, 3, 4].map((before) => {
    let bits = 0n
    for (const byte of value) bits = (bits << 8n) | BigInt(byte)
    const skip = before === 0 ? 0 : 5 - ((before * 8) % 5 || 5)
    const length = Math.floor((value.length * 8 - skip) / 5)
    const all = value.length * 8 - skip
    let text = ''
    for (let at = 0; at < length; at++)
      text += base32Alphabet[Number((bits >> BigInt(all - (at + 1) * 5)) & 31n)] ?? ''
    return text
  })

const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/giu, (letter) => {
    const start = letter <= 'Z' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - start + 13) % 26) + start)
  })

/** Whether any piece of the value tells it, and not only all of it: a random text, unlike an address or a sentence. */
const isRandom = (value: string): boolean =>
  /^[A-Za-z0-9+/=_.~-]{20,}$/u.test(value) &&
  /[0-9]/u.test(value) &&
  entropy(Buffer.from(value), 0, Buffer.byteLength(value)) >= 3

/** Every spelling in which a value is looked for in what leaves the machine. */
export const secretSpellings = (value: string): SpelledSecret[] => {
  const bytes = Buffer.from(value)
  const backwards = [...value].reverse().join('')
  const codes = [...bytes]
  const random = isRandom(value)
  const list: [Spelling, string][] = [
    ['plain', value],
    ['reversed', backwards],
    ['rot13', rot13(value)],
    ['percent', encodeURIComponent(value.toWellFormed())],
    ['hex', bytes.toString('hex')],
    ['hex', Buffer.from(backwards).toString('hex')],
    ['hex', codes.map((code) => `x${code.toString(16).padStart(2, '0')}`).join('')],
    ['hex', codes.map((code) => `0x${code.toString(16).padStart(2, '0')}`).join('')],
    ['hex', codes.map((code) => `u${code.toString(16).padStart(4, '0')}`).join('')],
    ['decimal', codes.join(' ')],
  ]
  for (const base64 of base64Cores(bytes)) {
    list.push(['base64', base64])
    for (const twice of base64Cores(Buffer.from(base64))) list.push(['base64 twice', twice])
  }
  for (const base64 of base64Cores(Buffer.from(backwards))) list.push(['base64', base64])
  for (const base32 of base32Cores(bytes)) list.push(['base32', base32])
  const seen = new Set<string>()
  return list.flatMap(([spelling, spelled]) => {
    const text = reduce(spelled)
    if (text.length < shortest || seen.has(text)) return []
    seen.add(text)
    // A spelling with two or three characters a byte says as much with twice as many.
    const wanted = spelling === 'hex' || spelling === 'decimal' ? telling * 2 : telling
    return [{ spelling, text, least: random ? Math.min(wanted, text.length) : text.length }]
  })
}
