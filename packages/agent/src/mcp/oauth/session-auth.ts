import type { AuthProvider } from '@modelcontextprotocol/client'
import { oauthFetch } from './oauth-fetch.ts'
import { loginSecrets, type Login, type TokenStore } from './token-store.ts'

/** A server wants somebody to log in; only a person can. */
export class LoginNeeded extends Error {
  override readonly name = 'LoginNeeded'
}

/**
 * What the transport of a session asks for its token. An expired one is refreshed, once for all calls that wait for it; nothing here ever
 * opens a browser. `onSecret` hears of every value before it is used.
 */
export function sessionAuth(
  server: string,
  store: TokenStore,
  onSecret: (value: string) => void,
): AuthProvider {
  let sent: string | null = null
  let refreshing: Promise<void> | null = null
  const current = (): Login | null => {
    const login = store.read(server)
    if (login !== null) for (const value of loginSecrets(login)) onSecret(value)
    return login
  }

  async function refresh(): Promise<void> {
    const login = current()
    if (login === null) throw new LoginNeeded('it wants you to log in')
    // Another session has refreshed it meanwhile.
    if (login.accessToken !== sent) return
    if (login.refreshToken === null) throw new LoginNeeded('your login at it has expired')
    const { refreshAuthorization, OAuthError } = await import('@modelcontextprotocol/client')
    try {
      const tokens = await refreshAuthorization(login.authorizationServer, {
        ...(login.metadata === null ? {} : { metadata: login.metadata }),
        clientInformation: login.client,
        refreshToken: login.refreshToken,
        resource: new URL(login.resource),
        fetchFn: oauthFetch(server),
      })
      const fresh = {
        ...login,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token ?? login.refreshToken,
        scope: tokens.scope ?? login.scope,
      }
      for (const value of loginSecrets(fresh)) onSecret(value)
      store.write(fresh)
    } catch (error) {
      if (current()?.accessToken !== login.accessToken) return
      // What the authorization server says is not shown: it may repeat what it was sent.
      if (OAuthError.isInstance(error))
        throw new LoginNeeded(`your login at it has expired (${error.code.slice(0, 40)})`, { cause: error })
      throw new Error('your login at it has expired, and its authorization server cannot be reached', {
        cause: error,
      })
    }
  }

  return {
    token() {
      sent = current()?.accessToken ?? null
      return Promise.resolve(sent ?? undefined)
    },
    onUnauthorized: () =>
      (refreshing ??= store.alone(server, refresh).finally(() => {
        refreshing = null
      })),
  }
}
