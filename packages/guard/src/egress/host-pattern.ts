import { canonicalHost } from './canonical-host.ts'

/** What a `host` of a rule covers. */
export interface HostPattern {
  /** In its one spelling; for `*.name` the name. Null: every host. */
  name: string | null
  below: boolean
  /** Null: none is named. */
  port: number | 'any' | null
}

/** Reads `name`, `*.name`, `*`, an address, each also with `:port` or `:*`; null where it is none of them. */
export const parseHostPattern = (text: string): HostPattern | null => {
  const match = /^(\*\.)?(\[[^\]]*\]|[^:]*)(?::([0-9]{1,5}|\*))?$/u.exec(text)
  // An IPv6 address without brackets has no port.
  const [below, host, port] =
    match === null ? [false, text, undefined] : [match[1] !== undefined, match[2] ?? '', match[3]]
  if (port !== undefined && port !== '*' && (Number(port) < 1 || Number(port) > 65_535)) return null
  const name = host === '*' && !below ? null : canonicalHost(host)
  if (host !== '*' && name === null) return null
  if (host === '*' && below) return null
  return { name, below, port: port === undefined ? null : port === '*' ? 'any' : Number(port) }
}

/** Whether the pattern covers a host in its one spelling. */
export const coversHost = ({ name, below }: HostPattern, host: string): boolean => {
  if (name === null) return true
  return below ? host.endsWith(`.${name}`) : host === name
}
