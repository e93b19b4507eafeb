// Crockford's base 32: digits before letters, so that text order is numeric order, and no letters that look alike.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const timeDigits = 10
const randomDigits = 10

/**
 * A new session id: 20 characters, the time (milliseconds since the epoch) in front, so that ids sort by it, then 50
 * random bits. `random` gives that many random bytes, for example `randomBytes` of node:crypto.
 */
export function newSessionId(time: number, random: (bytes: number) => Uint8Array): string {
  let id = ''
  for (let rest = Math.floor(time), i = 0; i < timeDigits; i++, rest = Math.floor(rest / 32))
    id = alphabet.charAt(rest % 32) + id
  for (const byte of random(randomDigits)) id += alphabet.charAt(byte % 32)
  return id
}
