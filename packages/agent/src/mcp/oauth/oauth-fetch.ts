import { AgentError } from '../../errors.ts'
import { createBoundedFetch } from '../http-fetch.ts'

const ANSWER_MS = 30_000

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(hostname)

/**
 * Whether an address that a server names may be asked or opened for it: by https, or, for a server on this machine, on this machine.
 * A server elsewhere cannot send requests to what listens here.
 */
export function isFitting(server: URL, url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (isLoopback(url)) return isLoopback(server) && ['http:', 'https:'].includes(url.protocol)
  return url.protocol === 'https:'
}

/** The `fetch` for everything about a login at a server: bounded in time and size, without redirects. Rejects with `AgentError` `mcp-login`. */
export function oauthFetch(server: string): (url: string | URL, init?: RequestInit) => Promise<Response> {
  const bounded = createBoundedFetch(() => undefined)
  return (url, init) => {
    const target = new URL(url)
    if (!isFitting(new URL(server), target))
      throw new AgentError(
        'mcp-login',
        `the server names ${target.origin} for its login, which is neither https nor on the machine of the server`,
        'Tell whoever runs the server.',
      )
    return bounded(target, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) })
  }
}
