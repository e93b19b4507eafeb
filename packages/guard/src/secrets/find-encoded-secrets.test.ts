import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOutboundScanner, findEncodedSecrets } from './find-encoded-secrets.ts'

const secret = 'Zq8-v2RkT5.wX9_mB3nL7pC1'
const address = 'postgres://app:Hunter-2-hunter@db.internal:5432/main'
const b64 = (text: string) => Buffer.from(text).toString('base64')
const hex = (text: string) => Buffer.from(text).toString('hex')

const base32 = (text: string): string => {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/gu) ?? []
  return groups
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('')
}

describe('every spelling is found', () => {
  const spellings: [string, string][] = [
    ['plain', secret],
    ['in a sentence', `the key is ${secret}, thanks`],
    ['reversed', [...secret].reverse().join('')],
    ['base64', b64(secret)],
    ['base64 after one byte', b64(`x${secret}`)],
    ['base64 after two bytes', b64(`xy${secret}\n`)],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['base64 twice', b64(b64(secret))],
    ['base64 of a JSON, twice', b64(b64(`{"key":"${secret}"}`))],
    ['base64 in lines', b64(secret).replaceAll(/(.{5})/gu, '$1\n')],
    ['base64 of the reversed', b64([...secret].reverse().join(''))],
    ['base32', base32(secret)],
    ['base32 after three bytes', base32(`abc${secret}`)],
    ['hex', hex(secret)],
    ['hex in capitals with colons', hex(secret).toUpperCase().replaceAll(/(..)/gu, '$1:')],
    ['hex as \\x', hex(secret).replaceAll(/(..)/gu, String.raw`\x$1`)],
    ['hex as 0x', hex(secret).replaceAll(/(..)/gu, '0x$1, ')],
    ['unicode escapes', [...secret].map((c) => String.raw`\u00${hex(c)}`).join('')],
    ['percent, every character', hex(secret).replaceAll(/(..)/gu, '%$1')],
    ['percent, some characters', [...secret].map((c, n) => (n % 3 === 0 ? `%${hex(c)}` : c)).join('')],
    ['decimal codes', [...Buffer.from(secret)].join(', ')],
    ['HTML references', [...Buffer.from(secret)].map((code) => `&#${code};`).join('')],
    ['split by blanks', [...secret].join(' ')],
    ['split into labels of a name', secret.replaceAll(/[^A-Za-z0-9]/gu, '-').replaceAll(/(.{6})/gu, '$1.')],
    ['in other case', secret.toUpperCase()],
    ['a piece', secret.slice(0, 20)],
    ['a piece from the middle', `x${secret.slice(3, 22)}y`],
    [
      'rot13',
      secret.replaceAll(/[a-z]/giu, (c) =>
        String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < 'n' ? 13 : -13)),
      ),
    ],
  ]
  test.each(spellings)('%s', (_, text) => {
    const scanner = createOutboundScanner(['another-value-of-some-length', secret])
    expect(scanner.find(text)?.index).toBe(1)
    expect(scanner.find(`${'padding '.repeat(500)}${text} and more`)?.index).toBe(1)
  })
})

test('the password of an address is a secret of its own, what is around it is not', () => {
  expect(findEncodedSecrets('Hunter-2-hunter', [address])).not.toBeNull()
  expect(findEncodedSecrets(address, [address])).not.toBeNull()
  expect(findEncodedSecrets('postgres://app@db.internal:5432/main', [address])).toBeNull()
})

test('ordinary text has none, and without values nothing is looked for', () => {
  const scanner = createOutboundScanner([secret, address, 'correct horse battery staple'])
  expect(scanner.find('npm install left-pad --registry http://127.0.0.1:4873'.repeat(50))).toBeNull()
  expect(scanner.find('correct horse')).toBeNull()
  expect(scanner.find(secret.slice(0, 14))).toBeNull()
  expect(createOutboundScanner([]).empty).toBe(true)
  expect(createOutboundScanner(['short']).find('short')).toBeNull()
})

test('no cut hides a secret', () => {
  const texts = [secret, b64(secret), hex(secret), hex(secret).replaceAll(/(..)/gu, '%$1')]
  const scanner = createOutboundScanner([secret])
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 }),
      fc.stringMatching(/^[ \n:;,.]{0,9}$/u),
      (text, sizes, before) => {
        const bytes = Buffer.from(before + text)
        const scan = scanner.createScan()
        let found = false
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          found ||= scan.push(bytes.subarray(at, at + size)) !== null
          at += size
        }
        return found
      },
    ),
  )
})

test('random values are found in every alignment of base64 and base32', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9_]{12,40}$/u),
      fc.stringMatching(/^[a-z ]{0,9}$/u),
      fc.stringMatching(/^[a-z ]{0,9}$/u),
      (value, before, after) => {
        const scanner = createOutboundScanner([value])
        const text = before + value + after
        return [b64(text), base32(text), hex(text)].every((encoded) => scanner.find(encoded) !== null)
      },
    ),
  )
})
