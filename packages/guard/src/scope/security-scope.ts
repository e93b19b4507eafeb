import { isIP } from 'node:net'
import { addressKind, addressSet } from '../egress/address-kind.ts'
import { canonicalHost } from '../egress/canonical-host.ts'
import { parseHostPattern } from '../egress/host-pattern.ts'
import { GuardError } from '../errors.ts'

/** What the person works as; it is journaled, and said to the model. */
export type SecurityRole = 'reviewer' | 'defender' | 'responder' | 'tester'

/** What a person is authorised to do in security mode, and until when. */
export interface SecurityScope {
  role: SecurityRole
  /** Who gave the authorisation, as they wrote it. */
  authoriser: string
  /** Milliseconds since the epoch. */
  expires: number
  /** Real paths of folders; a workspace has to be one of them or lie below one. */
  paths: readonly string[]
  /** URLs as git has them; a workspace with a remote of that very URL is in scope as well. */
  remotes: readonly string[]
  /** Patterns of hosts and ranges of addresses that commands may reach, as they are written in the file. */
  targets: readonly string[]
  /** Over the bytes of the file. */
  sha256: string
}

const securityRoles: readonly SecurityRole[] = ['reviewer', 'defender', 'responder', 'tester']

const KEYS = ['version', 'role', 'authoriser', 'expires', 'repositories', 'targets', 'own_targets']
/** An authorisation that nobody has to renew is none. */
const LONGEST_DAYS = 366
const MOST = 1_000
/** Names that can never be somebody else's: RFC 2606, RFC 6761, RFC 8375 and the reserved `internal`. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|test|internal|local|home\.arpa)$/u

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads the parsed content of a scope file. Everything that is missing, unknown, expired or wider than a scope may be is a
 * `GuardError` `bad-scope`: what is left out by mistake must not become allowed.
 */
export function parseScope(
  value: unknown,
  file: { path: string; sha256: string; now: number },
): SecurityScope {
  const fail = (what: string): never => {
    throw new GuardError(
      'bad-scope',
      `the scope ${file.path}: ${what}`,
      'Security mode does not start without a valid scope. See docs/security-mode.md.',
    )
  }
  if (!isRecord(value)) return fail('is not a table of settings')
  const stranger = Object.keys(value).find((key) => !KEYS.includes(key))
  if (stranger !== undefined) fail(`has ${JSON.stringify(stranger)}; known are ${KEYS.join(', ')}`)
  if (value['version'] !== 1) fail('"version" is not 1')
  const role = securityRoles.find((known) => known === value['role'])
  if (role === undefined) return fail(`"role" is none of ${securityRoles.join(', ')}`)
  const { authoriser } = value
  if (typeof authoriser !== 'string' || authoriser.trim() === '' || authoriser.length > 200)
    return fail('"authoriser" does not say who allows it, in at most 200 characters')
  const expires = timeOf(value['expires'])
  if (expires === null) return fail('"expires" is no point in time with a zone, such as 2030-01-31T18:00:00Z')
  if (expires <= file.now) return fail(`expired at ${new Date(expires).toISOString()}; ask for a new one`)
  if (expires - file.now > LONGEST_DAYS * 86_400_000)
    return fail(`"expires" is more than ${LONGEST_DAYS} days away`)
  const repositories = value['repositories']
  if (!isRecord(repositories)) return fail('"repositories" with "paths" or "remotes" is missing')
  const other = Object.keys(repositories).find((key) => key !== 'paths' && key !== 'remotes')
  if (other !== undefined) fail(`"repositories" has ${JSON.stringify(other)}; known are paths, remotes`)
  const paths = texts(repositories['paths'], 'repositories.paths', fail)
  const remotes = texts(repositories['remotes'], 'repositories.remotes', fail)
  if (paths.length + remotes.length === 0) fail('"repositories" names none')
  const loose = paths.find((path) => !path.startsWith('/') || path === '/')
  if (loose !== undefined) fail(`${JSON.stringify(loose)} is no absolute path below /`)
  const targets = texts(value['targets'], 'targets', fail)
  const foreign = targets.find((target) => !isPrivateTarget(target))
  if (foreign !== undefined)
    fail(
      `the target ${JSON.stringify(foreign)} is neither loopback nor private; a host of your own belongs into "own_targets"`,
    )
  const own = texts(value['own_targets'], 'own_targets', fail)
  const wide = own.find((target) => !isOwnTarget(target))
  if (wide !== undefined) fail(`the target ${JSON.stringify(wide)} is not one host, or what is below one`)
  return {
    role,
    authoriser: authoriser.trim(),
    expires,
    paths,
    remotes,
    targets: [...targets, ...own],
    sha256: file.sha256,
  }
}

function timeOf(value: unknown): number | null {
  // Readers of TOML give a Date; without a zone it would mean another moment on every machine.
  const text = value instanceof Date ? value.toISOString() : value
  if (
    typeof text !== 'string' ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/u.test(text)
  )
    return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

function texts(value: unknown, name: string, fail: (what: string) => never): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > MOST) return fail(`"${name}" is not a list of at most ${MOST}`)
  const found = value.filter(
    (item): item is string => typeof item === 'string' && item.trim() === item && item !== '',
  )
  if (found.length !== value.length) fail(`"${name}" has an item that is no text`)
  return found
}

const isLocal = (address: string): boolean => ['loopback', 'private'].includes(addressKind(address))

function isPrivateTarget(text: string): boolean {
  const [address = '', bits] = text.split('/')
  if (bits !== undefined) {
    // A range is private where both of its halves' first addresses are, and it is no wider than the private ones.
    const least = isIP(address) === 4 ? 8 : 16
    return (
      addressSet([text]) !== null &&
      Number(bits) >= least &&
      isLocal(address) &&
      endsLocal(address, Number(bits))
    )
  }
  const pattern = parseHostPattern(text)
  if (pattern === null || pattern.name === null) return false
  return isIP(pattern.name) === 0 ? PRIVATE_NAME.test(pattern.name) : isLocal(pattern.name)
}

/** Whether the last address of an IPv4 range is private too; IPv6 ranges of at least 16 bits stay within `fc00::/7`. */
function endsLocal(address: string, bits: number): boolean {
  if (isIP(address) !== 4) return addressKind(address) === 'private' || bits === 128
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - bits)
  const end = Math.floor(value / size) * size + size - 1
  const last = [24, 16, 8, 0].map((shift) => Math.floor(end / 2 ** shift) % 256).join('.')
  const first = [24, 16, 8, 0].map((shift) => Math.floor((end - size + 1) / 2 ** shift) % 256).join('.')
  return isLocal(first) && isLocal(last)
}

function isOwnTarget(text: string): boolean {
  const pattern = parseHostPattern(text)
  if (pattern === null || pattern.name === null) return false
  // A whole top-level domain is nobody's own.
  if (isIP(pattern.name) !== 0)
    return !pattern.below && ['public', 'private', 'loopback'].includes(addressKind(pattern.name))
  return pattern.name.includes('.') && canonicalHost(pattern.name) !== null
}
