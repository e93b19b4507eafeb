import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import type { BlockList, Socket } from 'node:net'
import { addressKind, hasAddress } from './address-kind.ts'
import { canonicalHost } from './canonical-host.ts'

/** Names to addresses, once for each connection. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

/** Why no connection was made. `refused`: it must not be; `failed`: it could not be. */
export type DialProblem = { problem: 'refused' | 'failed'; reason: string }

/** Most addresses of one name that are looked at and tried. */
const mostAddresses = 16
const mostTries = 4

/**
 * The addresses of a host that may be dialled: all of them have to be public, or named. One that is not refuses the host as
 * a whole, because whoever answers for a name must not choose what on this machine or beside it is reached.
 */
export const checkedAddresses = async (
  host: string,
  named: BlockList | null,
  resolve: Resolve,
  timeoutMs: number,
): Promise<string[] | DialProblem> => {
  const literal = isIP(host) !== 0
  let found: readonly string[]
  try {
    found = literal ? [host] : await withTimeout(resolve(host), timeoutMs)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    return { problem: 'failed', reason: `${host} has no address: ${what}` }
  }
  if (found.length === 0) return { problem: 'failed', reason: `${host} has no address` }
  const addresses: string[] = []
  for (const text of found.slice(0, mostAddresses)) {
    const address = canonicalHost(text)
    const kind = addressKind(text)
    if (address === null || kind === 'not an address')
      return { problem: 'refused', reason: `${host} leads to what is no address` }
    const isNamed =
      literal || (kind === 'loopback' && isLocalName(host)) || (named !== null && hasAddress(named, address))
    if (kind !== 'public' && !isNamed)
      return {
        problem: 'refused',
        reason: `${host} leads to ${address} (${kind}), which the rule does not name; "address" in the rule does`,
      }
    addresses.push(address)
  }
  return [...new Set(addresses)]
}

/** Names that stand for the loopback interface and nothing else (RFC 6761, 6.3). */
const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')

const withTimeout = async <T>(work: Promise<T>, timeoutMs: number): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A connection to the first of the addresses that answers: to the address itself, so that no name is looked up again. */
export const dial = async (
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
): Promise<Socket | DialProblem> => {
  const reasons: string[] = []
  for (const address of addresses.slice(0, mostTries)) {
    const result = await tryAddress(address, port, timeoutMs)
    if (typeof result !== 'string') return result
    reasons.push(`${address}: ${result}`)
  }
  return { problem: 'failed', reason: reasons.join('; ') }
}

const tryAddress = (address: string, port: number, timeoutMs: number): Promise<Socket | string> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true })
    const fail = (why: string) => {
      socket.destroy()
      resolve(why)
    }
    const timer = setTimeout(() => fail('no answer in time'), timeoutMs)
    socket.once('error', (error) => {
      clearTimeout(timer)
      fail('code' in error ? String(error.code) : error.message)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      resolve(socket)
    })
  })
