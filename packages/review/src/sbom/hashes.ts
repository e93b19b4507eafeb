import type { Hash } from './locked-package.ts'

const ALGS: Readonly<Record<string, { alg: Hash['alg']; bytes: number }>> = {
  md5: { alg: 'MD5', bytes: 16 },
  sha1: { alg: 'SHA-1', bytes: 20 },
  sha256: { alg: 'SHA-256', bytes: 32 },
  sha384: { alg: 'SHA-384', bytes: 48 },
  sha512: { alg: 'SHA-512', bytes: 64 },
}

/** A hash from its hexadecimal text; null where its length does not fit. */
export function hexHash(name: string, hex: string): Hash | null {
  const known = Object.hasOwn(ALGS, name.toLowerCase()) ? ALGS[name.toLowerCase()] : undefined
  return known !== undefined && /^[0-9a-f]+$/i.test(hex) && hex.length === known.bytes * 2
    ? { alg: known.alg, content: hex.toLowerCase() }
    : null
}

/** Hashes of a `sha512-BASE64 …` text (W3C Subresource Integrity); what is malformed is left out. */
export function integrityHashes(integrity: string | null): Hash[] {
  return (integrity ?? '').split(/\s+/).flatMap((one) => {
    const [, name = '', encoded = ''] = /^(\w+)-([A-Za-z0-9+/]+=*)(?:\?.*)?$/.exec(one) ?? []
    const hash = hexHash(name, Buffer.from(encoded, 'base64').toString('hex'))
    return hash === null ? [] : [hash]
  })
}

/** `sha256:HEX` or `sha256=HEX`. */
export function namedHash(text: string): Hash | null {
  const [, name = '', hex = ''] = /^(\w+)[:=]([0-9a-fA-F]+)$/.exec(text) ?? []
  return hexHash(name, hex)
}
