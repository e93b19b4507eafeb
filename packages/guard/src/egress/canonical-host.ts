import { isIPv4, isIPv6 } from 'node:net'

/** Characters that no name or address of a host has, and that one reader or another would take for an end of it. */
const foreign = /[\p{Cc}\p{Z}%@/\\?#<>^|"'`{}]/u

/**
 * The one spelling of a host: small letters, IDNA in ASCII, no dot at the end, IPv4 in four decimal parts, IPv6 compressed
 * and without brackets, an IPv4 address inside of an IPv6 one as IPv4. Null where the text is no host, or could be read as
 * more than one. Source: WHATWG URL, host parsing; RFC 4291, 2.5.5.2.
 */
export const canonicalHost = (text: string): string | null => {
  if (text === '' || text.length > 1024 || foreign.test(text)) return null
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (bare.includes(':')) return isIPv6(bare) ? embeddedIPv4(parsed(`[${bare}]`)) : null
  if (bare !== text) return null
  const name = parsed(text)?.replace(/\.$/u, '') ?? null
  if (name === null || isIPv4(name)) return name
  const labels = name.split('.')
  const fits = name.length <= 253 && labels.every((label) => /^[a-z0-9_-]{1,63}$/u.test(label))
  return fits ? name : null
}

const parsed = (authority: string): string | null => {
  const url = URL.parse(`http://${authority}/`)
  return url === null || url.hostname === '' || url.port !== '' ? null : url.hostname
}

const embeddedIPv4 = (hostname: string | null): string | null => {
  if (hostname === null) return null
  const address = hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u.exec(address)
  return mapped === null ? address : fromWords(mapped[1] ?? '', mapped[2] ?? '')
}

const fromWords = (high: string, low: string): string => {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}

/** A host as it stands before a port: IPv6 in brackets. */
export const hostInAuthority = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Splits `host:port`; the host in its one spelling. Null where it is not exactly that. */
export const parseAuthority = (text: string): { host: string; port: number } | null => {
  const match = /^(\[[^\]]*\]|[^:]*):([0-9]{1,5})$/u.exec(text)
  const host = canonicalHost(match?.[1] ?? '')
  const port = Number(match?.[2])
  return host === null || port < 1 || port > 65_535 ? null : { host, port }
}

/** The IPv4 address that a NAT64 gateway would reach by this IPv6 address (RFC 6052), else null. */
export const behindNat64 = (address: string): string | null => {
  const match = /^64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/u.exec(address)
  return match === null ? null : fromWords(match[1] ?? '0', match[2] ?? '0')
}
