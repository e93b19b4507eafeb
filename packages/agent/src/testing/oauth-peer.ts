import { createHash, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { httpPeer, type HttpPeer, type PeerRequest } from './http-peer.ts'

/** An MCP server with its own authorization server, both on one port of the loopback interface. */
export interface OAuthPeer extends HttpPeer {
  readonly origin: string
  /** What is wrong with it: changed by tests as they go on. */
  wrong: {
    /** In its metadata. */
    issuer?: string
    /** In its answer to the browser. */
    iss?: string
    /** Of the protected resource. */
    resource?: string
    authorize?: string
    noRegistration?: boolean
    noRefresh?: boolean
    scope?: string
  }
  /** Makes every access token that was given invalid. */
  expire(): void
  /** Makes every refresh token invalid as well. */
  revoke(): void
  /** How often a refresh was asked for. */
  readonly refreshes: number
}

const json = (response: ServerResponse, value: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  return true
}

export async function oauthPeer(): Promise<OAuthPeer> {
  const clients = new Map<string, string[]>()
  const codes = new Map<string, { client: string; challenge: string; redirect: string; resource: string }>()
  const access = new Set<string>()
  const refresh = new Map<string, string>()
  let origin = ''
  const wrong: OAuthPeer['wrong'] = {}
  const counts = { refreshes: 0 }

  const give = (client: string) => {
    const token = `access-${randomUUID()}`
    const again = `refresh-${randomUUID()}`
    access.add(token)
    refresh.set(again, client)
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 3_600,
      ...(wrong.noRefresh === true ? {} : { refresh_token: again }),
    }
  }

  function token(response: ServerResponse, form: URLSearchParams): boolean {
    const no = (error: string) => json(response, { error, error_description: form.toString() }, 400)
    const client = form.get('client_id') ?? ''
    if (form.get('resource') !== `${origin}/mcp`) return no('invalid_target')
    if (form.get('grant_type') === 'refresh_token') {
      counts.refreshes += 1
      const given = form.get('refresh_token') ?? ''
      if (refresh.get(given) !== client) return no('invalid_grant')
      // Each is good for once.
      refresh.delete(given)
      return json(response, give(client))
    }
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const fits =
      code?.client === client && code.challenge === challenge && code.redirect === form.get('redirect_uri')
    return fits ? json(response, give(client)) : no('invalid_grant')
  }

  function authorize(response: ServerResponse, query: URLSearchParams): boolean {
    const [client, redirect] = [query.get('client_id') ?? '', query.get('redirect_uri') ?? '']
    const fits =
      clients.get(client)?.includes(redirect) === true &&
      query.get('code_challenge_method') === 'S256' &&
      query.get('response_type') === 'code' &&
      query.get('resource') === `${origin}/mcp`
    if (!fits) return json(response, { error: 'invalid_request' }, 400)
    const code = randomUUID()
    codes.set(code, { client, redirect, challenge: query.get('code_challenge') ?? '', resource: '' })
    const back = new URL(redirect)
    back.searchParams.set('code', code)
    back.searchParams.set('state', query.get('state') ?? '')
    back.searchParams.set('iss', wrong.iss ?? origin)
    response.writeHead(302, { location: back.href }).end()
    return true
  }

  function answer({ method, url, headers, text }: PeerRequest, response: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(url, origin)
    if (pathname === '/.well-known/oauth-protected-resource/mcp')
      return json(response, { resource: wrong.resource ?? `${origin}/mcp`, authorization_servers: [origin] })
    if (pathname === '/.well-known/oauth-authorization-server')
      return json(response, {
        issuer: wrong.issuer ?? origin,
        authorization_endpoint: wrong.authorize ?? `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        ...(wrong.noRegistration === true ? {} : { registration_endpoint: `${origin}/register` }),
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
        authorization_response_iss_parameter_supported: true,
      })
    if (pathname === '/register' && method === 'POST') {
      const asked: { redirect_uris: string[] } = JSON.parse(text)
      const id = randomUUID()
      clients.set(id, asked.redirect_uris)
      return json(response, { ...asked, client_id: id }, 201)
    }
    if (pathname === '/authorize') return authorize(response, searchParams)
    if (pathname === '/token') return token(response, new URLSearchParams(text))
    if (pathname !== '/mcp') return json(response, {}, 404)
    if (access.has(headers.authorization?.replace(/^Bearer /u, '') ?? '')) {
      if (wrong.scope === undefined) return false
      response
        .writeHead(403, { 'www-authenticate': `Bearer error="insufficient_scope", scope="${wrong.scope}"` })
        .end()
      return true
    }
    response
      .writeHead(401, {
        'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
      })
      .end()
    return true
  }

  const peer = await httpPeer(answer)
  origin = new URL(peer.url).origin
  return {
    ...peer,
    origin,
    wrong,
    expire: () => access.clear(),
    revoke() {
      access.clear()
      refresh.clear()
    },
    get refreshes() {
      return counts.refreshes
    },
  }
}

/** What a browser does with the address of a login: follows it back to this machine. Gives the last status. */
export async function browse(address: URL, change: (back: URL) => void = () => undefined): Promise<number> {
  const there = await fetch(address, { redirect: 'manual' })
  const back = URL.parse(there.headers.get('location') ?? '')
  if (back === null) return there.status
  change(back)
  return (await fetch(back)).status
}
