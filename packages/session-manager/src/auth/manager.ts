import { opener } from '../sealed.js'
import { sessionIdOf } from '../util.js'
import { AuthError, isTemporary } from './errors.js'
import { Places, type Kept } from './kept.js'
import { Refresher } from './refresher.js'
import { SessionServer } from './server.js'
import { NO_TOKEN } from './stored.js'
import type {
  AccessTokenProvider,
  AuthSessionManagerOptions,
  AuthTokens,
  AuthTokensAsSent,
  RefreshResponse,
  SessionState,
} from './types.js'
import { Vault } from './vault.js'

/**
 * The tokens of a session, refreshed once for all callers and pages, and its data.
 *
 * ```ts
 * const session = new AuthSessionManager<{ user: string }>({
 *   apiClientConfig: { baseURL: 'https://auth.example.com' },
 * })
 * const data = await session.authorize()
 * ```
 */
export class AuthSessionManager<T = unknown> {
  accessTokenProvider?: AccessTokenProvider
  private readonly options: AuthSessionManagerOptions
  private readonly places: Places
  private readonly vault: Vault
  private readonly server: SessionServer | null = null
  private readonly refresher: Refresher | null = null
  /** The access token that was handed out last. */
  private handedOut: string | null = null
  /** What the last refresh brought, and whose it is. */
  private sessionData: { login: string | undefined; sealed: string } | null = null

  constructor(options: AuthSessionManagerOptions = {}) {
    const { apiClientConfig, storageKeyPrefix = 'w3a' } = options
    if (options.accessTokenProvider) this.accessTokenProvider = options.accessTokenProvider
    this.options = options
    this.places = new Places(storageKeyPrefix, options.storage, options.cookieOptions)
    this.server = apiClientConfig ? new SessionServer(apiClientConfig) : null
    const address = this.server?.refreshAddress ?? ''
    this.vault = new Vault(this.places, `tenure:session-manager:${storageKeyPrefix} ${address}`)
    this.refresher = this.server && new Refresher(this.vault, this.server)
  }

  /** The access token, refreshed before if it says that it is over; `null` where there is none. */
  async getAccessToken(): Promise<string | null> {
    const { accessToken } = await this.present()
    this.handedOut = accessToken && this.refresher ? await this.freshOr(accessToken) : accessToken
    return this.handedOut
  }

  async getRefreshToken(): Promise<string | null> {
    return this.places.read('refreshToken')
  }

  async getIdToken(): Promise<string | null> {
    return this.places.read('idToken')
  }

  async getSessionId(): Promise<string | null> {
    return this.places.read('sessionId')
  }

  /**
   * Keeps the tokens of a sign-in. What is left out stays as it is, but nothing of another session
   * id or person does.
   */
  async setTokens(tokens: AuthTokens | AuthTokensAsSent): Promise<void> {
    await this.put(keptIn(tokens))
  }

  async setAccessToken(token: string): Promise<void> {
    await this.put({ accessToken: token })
  }

  async setRefreshToken(token: string): Promise<void> {
    await this.put({ refreshToken: token })
  }

  /** Whether `authorize()` gave the data of the session that there is. */
  isAuthenticated(): boolean {
    return this.sessionData !== null && this.sessionData.login === this.vault.login
  }

  /** Forgets the session here. Nothing that is in flight brings it back. */
  async clearSessionData(): Promise<void> {
    this.sessionData = null
    this.handedOut = null
    await this.vault.erase().catch(notKept)
  }

  async getState(): Promise<SessionState> {
    const { sessionId } = await this.vault.read()
    return { isAuthenticated: this.isAuthenticated(), sessionId }
  }

  /**
   * Refreshes the tokens and gives the session's data. `null` where there is no session, and where
   * it is not known: then the tokens stay, and it can be asked again.
   */
  async authorize(): Promise<T | null> {
    this.requireServer()
    const { sessionId, accessToken, refreshToken } = await this.present()
    if (!sessionId || !(accessToken || refreshToken)) return null
    try {
      const { session_data } = await this.ensureRefresh()
      const data = await this.decrypt(sessionId, session_data)
      const { sessionId: now } = await this.vault.read()
      // Somebody else has signed in meanwhile.
      if (now !== sessionId) return null
      this.sessionData = { login: this.vault.login, sealed: session_data }
      return data
    } catch (cause) {
      if (!this.options.throwWhenUnavailable || !this.vault.signedIn) return null
      if (!isTemporary(cause)) throw cause
      throw new AuthError(
        'The session cannot be refreshed now: it stays, ask again later',
        'NETWORK',
        {
          cause,
        },
      )
    }
  }

  /**
   * Refreshes the tokens, once for all who ask at the same time. With `skipIfFresh` those that
   * somebody else refreshed since are good, too.
   */
  async ensureRefresh(skipIfFresh = false): Promise<RefreshResponse> {
    const { refresher } = this.requireServer()
    const { accessToken, refreshToken } = await this.present()
    if (!accessToken && !refreshToken) {
      throw new AuthError('No access token or refresh token available', 'EXPIRED')
    }
    if (skipIfFresh) return this.response(await this.handleUnauthorized())
    const { token, data } = await refresher.renew().catch(notRefreshed)
    return this.response(token, data)
  }

  /** A newer access token than the one that was refused, by default the one handed out last. */
  async handleUnauthorized(rejected?: string): Promise<string> {
    const { refresher } = this.requireServer()
    const { accessToken, refreshToken } = await this.present()
    if (!accessToken && !refreshToken) {
      throw new AuthError('No access token or refresh token available', 'EXPIRED')
    }
    const failed = rejected ?? this.handedOut ?? accessToken ?? NO_TOKEN
    const login = this.vault.loginOf(failed)
    if (login !== undefined && login !== this.vault.login) {
      throw new AuthError('Somebody else has signed in since: ask for the token again', 'EXPIRED')
    }
    const token = await refresher.newer(failed).catch(notRefreshed)
    this.handedOut = token
    return token
  }

  /** Forgets the session here, then ends it at the server. */
  async logout(): Promise<void> {
    const { server } = this.requireServer()
    const { accessToken, refreshToken } = await this.present()
    const failed = await this.clearSessionData().catch((cause: unknown) => ({ cause }))
    await server.logout({ accessToken, refreshToken }).catch((cause: unknown) => {
      // It had ended there before.
      if ((cause as { status?: unknown } | null)?.status !== 401) this.tellNotLoggedOut(cause)
    })
    if (failed) throw failed.cause
  }

  /** What there is, with the access token of whoever provides it. */
  private async present(): Promise<Kept> {
    const given = await this.accessTokenProvider?.()
    const provided = given ? await this.vault.provide(given) : given
    const kept = await this.vault.read()
    return this.accessTokenProvider ? { ...kept, accessToken: provided || null } : kept
  }

  /** A fresh access token, or this one where that cannot be had now. */
  private async freshOr(accessToken: string): Promise<string | null> {
    try {
      const token = await this.requireServer().refresher.fresh()
      const { accessToken: now } = await this.vault.read()
      return token === now ? token : await this.requireServer().refresher.newer(token)
    } catch {
      const { accessToken: now } = await this.vault.read()
      return now === null ? null : accessToken
    }
  }

  private async response(token: string, data?: string): Promise<RefreshResponse> {
    const { refreshToken } = await this.vault.read()
    const session_data = data ?? this.sessionData?.sealed ?? ''
    return { access_token: token, refresh_token: refreshToken ?? '', session_data }
  }

  private async put(given: Partial<Kept>): Promise<void> {
    if (Object.keys(given).length > 0) await this.vault.put(given).catch(notKept)
  }

  private async decrypt(sessionId: string, sealed: string): Promise<T> {
    try {
      const { open } = await opener(sessionId)
      const data = JSON.parse(await open(sealed)) as T & { error?: unknown }
      if (!data?.error) return data
    } catch (cause) {
      throw new AuthError(NOT_OPENED, 'DECRYPT_FAILED', { cause })
    }
    throw new AuthError(NOT_OPENED, 'DECRYPT_FAILED')
  }

  private requireServer(): { server: SessionServer; refresher: Refresher } {
    const { server, refresher } = this
    if (server && refresher) return { server, refresher }
    throw new AuthError('apiClientConfig is required for API operations', 'INVALID')
  }

  private tellNotLoggedOut(cause: unknown): void {
    const message = 'The server could not be told of the logout: the session may live on there'
    const error = new AuthError(message, 'NETWORK', { cause })
    if (this.options.onLogoutFailed) this.options.onLogoutFailed(error)
    else console.warn(error)
  }
}

/** The values of either spelling. */
function keptIn(tokens: AuthTokens & AuthTokensAsSent): Partial<Kept> {
  const sessionId = tokens.sessionId ?? tokens.session_id
  const accessToken = tokens.accessToken ?? tokens.access_token
  const refreshToken = tokens.refreshToken ?? tokens.refresh_token
  const idToken = tokens.idToken ?? tokens.id_token
  return {
    ...(sessionId && { sessionId: sessionIdOf(sessionId) }),
    ...(accessToken && { accessToken }),
    ...(refreshToken && { refreshToken }),
    ...(idToken && { idToken }),
  }
}

function notKept(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause)
  throw new AuthError(message, 'INVALID', { cause })
}

function notRefreshed(cause: unknown): never {
  throw new AuthError('Token refresh failed', 'REFRESH_FAILED', { cause })
}

const NOT_OPENED = 'There was an error decrypting data.'
