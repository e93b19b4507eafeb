import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { behindNat64, canonicalHost } from './canonical-host.ts'

/** What an address belongs to. Only `public` ones are dialled without being named. */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata service'
  | 'multicast'
  | 'reserved'
  | 'not an address'

/** Source: IANA special-purpose address registries (RFC 6890), and the documentation of cloud providers. */
const ranges: readonly (readonly [AddressKind, string])[] = [
  ['metadata service', '169.254.169.254/32 169.254.170.2/32 168.63.129.16/32 100.100.100.200/32'],
  ['metadata service', 'fd00:ec2::254/128 fd20:ce::254/128'],
  ['loopback', '127.0.0.0/8 ::1/128'],
  ['private', '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10'],
  ['link-local', '169.254.0.0/16 fe80::/10'],
  ['multicast', '224.0.0.0/4 ff00::/8'],
  ['reserved', '0.0.0.0/8 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24'],
  ['reserved', '203.0.113.0/24 240.0.0.0/4'],
  // Teredo, ORCHID, documentation, 6to4: addresses that carry another one, or that nobody has.
  ['reserved', '2001::/23 2001:db8::/32 2002::/16 3fff::/20'],
]

/** A set of addresses from texts such as `10.0.0.0/8`; null where one is none. */
export const addressSet = (texts: readonly string[]): BlockList | null => {
  const set = new BlockList()
  for (const text of texts) {
    const [address = '', bits, more] = text.split('/')
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null
    const most = family === 'ipv4' ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (family === null || more !== undefined || !/^[0-9]{0,3}$/u.test(bits ?? '') || bits === '') return null
    if (prefix > most) return null
    set.addSubnet(address, prefix, family)
  }
  return set
}

/** Whether the set has the address. */
export const hasAddress = (set: BlockList, address: string): boolean =>
  set.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')

let table: { kind: AddressKind; set: BlockList }[] | null = null

/** What an address belongs to, whatever its spelling; for one behind a NAT64 gateway, what that leads to. */
export const addressKind = (text: string): AddressKind => {
  const address = canonicalHost(text)
  if (address === null || (!isIPv4(address) && !isIPv6(address))) return 'not an address'
  table ??= ranges.flatMap(([kind, list]) => {
    const set = addressSet(list.split(' '))
    return set === null ? [] : [{ kind, set }]
  })
  const found = table.find(({ set }) => hasAddress(set, address))
  if (found !== undefined) return found.kind
  if (isIPv4(address)) return 'public'
  const inner = behindNat64(address)
  if (inner !== null) return addressKind(inner)
  // Unicast addresses that are given out begin with the bits 001 (RFC 4291, 2.4).
  return /^[23][0-9a-f]{3}:/u.test(address) ? 'public' : 'reserved'
}
