import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressKind, addressSet } from './address-kind.ts'
import { canonicalHost, parseAuthority } from './canonical-host.ts'
import { coversHost, parseHostPattern } from './host-pattern.ts'

test.each([
  ['Example.ORG', 'example.org'],
  ['example.org.', 'example.org'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['ｅxample｡org', 'example.org'],
  ['exam\u00ADple.org', 'example.org'],
  ['127.1', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0177.0.0.1', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['①②⑦.0.0.1', '127.0.0.1'],
  ['[::ffff:127.0.0.1]', '127.0.0.1'],
  ['[::FFFF:7f00:1]', '127.0.0.1'],
  ['::ffff:169.254.169.254', '169.254.169.254'],
  ['[0:0::1]', '::1'],
  ['[2001:DB8:0:0::1]', '2001:db8::1'],
  ['a_b.example', 'a_b.example'],
])('%s is %s', (text, host) => {
  expect(canonicalHost(text)).toBe(host)
})

test.each([
  '',
  '.',
  'a..b',
  'example.org..',
  '.example.org',
  'evil\0.example.org',
  'evil\n.example.org',
  'a b',
  'a%2eb',
  'user@host',
  'host/path',
  'host?x',
  'host#x',
  String.raw`host\x`,
  '[::1',
  '::1]',
  '[127.0.0.1]',
  '[fe80::1%eth0]',
  '1.2.3.4.5',
  '256.1.1.1',
  'example.0x4',
  'host:80',
  `${'a'.repeat(64)}.org`,
  `${'a.'.repeat(130)}org`,
  'x'.repeat(2000),
])('%j is no host', (text) => {
  expect(canonicalHost(text)).toBeNull()
})

test('a spelling is final, and names nothing but itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string(), fc.string({ unit: 'binary' })),
      (text) => {
        const host = canonicalHost(text)
        if (host === null) return true
        return canonicalHost(host) === host && /^[a-z0-9._:-]+$/u.test(host)
      },
    ),
  )
})

test('an authority needs a port', () => {
  expect(parseAuthority('Example.org:443')).toEqual({ host: 'example.org', port: 443 })
  expect(parseAuthority('[::1]:80')).toEqual({ host: '::1', port: 80 })
  for (const text of [
    'example.org',
    'example.org:',
    'a:0',
    'a:65536',
    'a:080 ',
    'a:b',
    '::1:80',
    'a:80:90',
    ':80',
  ])
    expect(parseAuthority(text), text).toBeNull()
})

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['127.255.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b::a9fe:a9fe', 'metadata service'],
  ['64:ff9b:1::808:808', 'reserved'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.1.1', 'private'],
  ['100.100.100.200', 'metadata service'],
  ['169.254.169.254', 'metadata service'],
  ['168.63.129.16', 'metadata service'],
  ['fd00:ec2::254', 'metadata service'],
  ['fd12::1', 'private'],
  ['fe80::1', 'link-local'],
  ['169.254.0.9', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['0.0.0.0', 'reserved'],
  ['::', 'reserved'],
  ['::127.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['2002:7f00:1::', 'reserved'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'reserved'],
  ['2001:db8::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['example.org', 'not an address'],
])('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind)
})

test('sets of addresses are read strictly', () => {
  expect(addressSet(['10.0.0.0/8', 'fd00::/8', '127.0.0.1'])).not.toBeNull()
  for (const text of ['10.0.0.0/33', '10.0.0/8', 'x', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129'])
    expect(addressSet([text]), text).toBeNull()
})

test('patterns cover by labels and not by endings', () => {
  const covers = (text: string, host: string) => {
    const pattern = parseHostPattern(text)
    return pattern !== null && coversHost(pattern, host)
  }
  expect(covers('*.example.org', 'a.example.org')).toBe(true)
  expect(covers('*.example.org', 'example.org')).toBe(false)
  expect(covers('*.example.org', 'evilexample.org')).toBe(false)
  expect(covers('example.org', 'example.org.evil')).toBe(false)
  expect(covers('EXAMPLE.org.', 'example.org')).toBe(true)
  expect(covers('*', '127.0.0.1')).toBe(true)
  expect(parseHostPattern('[::1]:8080')).toEqual({ name: '::1', below: false, port: 8080 })
  expect(parseHostPattern('::1')).toEqual({ name: '::1', below: false, port: null })
  for (const text of ['*.*', '*.', 'a:0', 'a:99999', 'a*b', 'http://a', '', '*.*.org:80x'])
    expect(parseHostPattern(text), text).toBeNull()
})
