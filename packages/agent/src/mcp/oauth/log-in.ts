import type { OAuthClientInformationMixed } from '@modelcontextprotocol/client'
import { randomBytes } from 'node:crypto'
import { AgentError } from '../../errors.ts'
import { isFitting, oauthFetch } from './oauth-fetch.ts'
import type { CallbackReceiver } from './receive-callback.ts'
import type { Login } from './token-store.ts'

/** What a person may set for the login at a server. */
export interface OAuthSettings {
  /** Of a client that was registered beforehand. Default: cairn registers itself (RFC 7591). */
  clientId?: string
  clientSecret?: string
  /** Default: what the server asks for. */
  scope?: string
  /** Port of the redirect address on this machine, where it had to be registered. Default: any. */
  port?: number
}

const fail = (message: string, hint: string, cause?: unknown): AgentError =>
  new AgentError('mcp-login', message, hint, { cause })

const PROBE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'cairn', version: '0' } },
}

/** Asks without a token, for the answer that says where to get one. */
async function challenge(server: string, fetchFn: ReturnType<typeof oauthFetch>): Promise<Response> {
  const response = await fetchFn(server, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(PROBE),
  })
  await response.body?.cancel()
  if (response.ok)
    throw fail('the server answers without a login', 'There is nothing to do: use it as it is.')
  if (response.status !== 401)
    throw fail(
      `the server answers with HTTP ${response.status} instead of asking for a login`,
      'Check its address.',
    )
  return response
}

/**
 * Logs a person in at an MCP server: authorization code with PKCE (OAuth 2.1), discovery (RFC 9728, RFC 8414), registration
 * (RFC 7591), resource indicator (RFC 8707), issuer check (RFC 9207). Throws `AgentError` `mcp-login`, or what the SDK throws for metadata
 * that do not fit together.
 */
export async function logIn(options: {
  server: string
  settings: OAuthSettings
  receiver: CallbackReceiver
  /** Shows the address to the person, who goes there. */
  open: (url: URL) => void
  signal: AbortSignal
}): Promise<Login> {
  const { server, settings, receiver } = options
  const sdk = await import('@modelcontextprotocol/client')
  const fetchFn = oauthFetch(server)
  const asked = sdk.extractWWWAuthenticateParams(await challenge(server, fetchFn))
  const found = await sdk.discoverOAuthServerInfo(server, {
    fetchFn,
    ...(asked.resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl: asked.resourceMetadataUrl }),
  })
  const { authorizationServerUrl, authorizationServerMetadata: metadata, resourceMetadata } = found
  const own = sdk.resourceUrlFromServerUrl(server)
  const resource = resourceMetadata === undefined ? own : new URL(resourceMetadata.resource)
  if (!sdk.checkResourceAllowed({ requestedResource: own, configuredResource: resource }))
    throw fail(
      `the server says that its tokens are for ${resource.origin}, which is not where it is`,
      'Do not use it: tokens could be meant for somebody else.',
    )
  const offline = metadata?.scopes_supported?.includes('offline_access') === true ? ['offline_access'] : []
  const wanted = settings.scope ?? asked.scope ?? resourceMetadata?.scopes_supported?.join(' ')
  const scope =
    wanted === undefined || settings.scope !== undefined
      ? wanted
      : [...new Set([...wanted.split(' '), ...offline])].join(' ')
  const client: OAuthClientInformationMixed =
    settings.clientId === undefined
      ? await sdk
          .registerClient(authorizationServerUrl, {
            ...(metadata === undefined ? {} : { metadata }),
            clientMetadata: {
              client_name: 'cairn',
              redirect_uris: [receiver.url],
              grant_types: ['authorization_code', 'refresh_token'],
              response_types: ['code'],
              token_endpoint_auth_method: 'none',
              application_type: 'native',
            },
            ...(scope === undefined ? {} : { scope }),
            fetchFn,
          })
          .catch((error: unknown) => {
            throw fail(
              `cairn could not register itself at ${new URL(authorizationServerUrl).origin}`,
              'Register a client there, and write its id into the configuration: oauth = { client_id = "…", callback_port = 8123 }. See docs/mcp.md.',
              error,
            )
          })
      : {
          client_id: settings.clientId,
          ...(settings.clientSecret === undefined ? {} : { client_secret: settings.clientSecret }),
        }
  const state = randomBytes(32).toString('base64url')
  const { authorizationUrl, codeVerifier } = await sdk.startAuthorization(authorizationServerUrl, {
    ...(metadata === undefined ? {} : { metadata }),
    clientInformation: client,
    redirectUrl: receiver.url,
    state,
    resource,
    ...(scope === undefined ? {} : { scope }),
  })
  if (!isFitting(new URL(server), authorizationUrl))
    throw fail(
      `the server wants you to log in at ${authorizationUrl.origin}, which is not https`,
      'Do not go there.',
    )
  options.open(authorizationUrl)
  const answer = await receiver.receive(state, options.signal)
  // Before anything else of the answer is believed, the code in it sent anywhere, or its error shown.
  sdk.validateAuthorizationResponseIssuer({
    iss: answer.get('iss') ?? undefined,
    expectedIssuer: metadata?.issuer,
    issParameterSupported: metadata?.['authorization_response_iss_parameter_supported'] === true,
  })
  const code = answer.get('code')
  if (code === null)
    throw fail(`the login was not given: ${answer.get('error') ?? 'there was no code'}`, 'Try again.')
  const tokens = await sdk.exchangeAuthorization(authorizationServerUrl, {
    ...(metadata === undefined ? {} : { metadata }),
    clientInformation: client,
    authorizationCode: code,
    iss: answer.get('iss') ?? undefined,
    codeVerifier,
    redirectUri: receiver.url,
    resource,
    fetchFn,
  })
  return {
    server,
    authorizationServer: String(authorizationServerUrl),
    metadata: metadata ?? null,
    client,
    resource: resource.href,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? null,
    scope: tokens.scope ?? scope ?? null,
  }
}
