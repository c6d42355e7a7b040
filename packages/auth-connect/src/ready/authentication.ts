import { AuthConnect } from '../auth_connect.js'
import { asError } from '../errors.js'
import type { AuthProvider } from '../provider/base.js'
import type { AuthConnectConfig, AuthResult, ProviderOptions } from '../types.js'
import { isAnswer } from '../windows.js'
import { createSessionStore, type SessionStore } from './store.js'

export interface AuthenticationOptions {
  config: AuthConnectConfig
  provider: AuthProvider
  options: ProviderOptions
  /** Default: `localStorage` under `session`. */
  store?: SessionStore
  /** Refreshes an access token that has no longer than this left. Default: 0. */
  refreshWithinMs?: number
  /**
   * What a refresh that fails for now does, where the access token is over: `keep` the session and
   * tell the caller (default), or `discard` it, as after a refusal.
   */
  failurePolicy?: 'keep' | 'discard'
}

/** One person's session in one application. */
export interface Authentication {
  readonly store: SessionStore
  /** Reads the store and sets Auth Connect up. More calls do nothing. */
  setup(): Promise<void>
  login(): Promise<void>
  /** Signs out. Without a session it does nothing. */
  logout(): Promise<void>
  /**
   * 1. Is there a session, 2. with an access token that is over? 3. Is there a refresh token, then
   * it is used, and the session replaced. 4. Without one, or if it is refused, the session ends.
   */
  refreshIfExpired(): Promise<void>
  /** Whether somebody is signed in, after a refresh where one is due. */
  isAuthenticated(): Promise<boolean>
  /** A good access token, or `undefined` where nobody is signed in. */
  getAccessToken(): Promise<string | undefined>
  /** For the page that the provider sends people back to, with `uiMode: 'current'`. */
  handleAuthCallback(address?: string | URL): Promise<void>
}

/** Makes the functions that an application signs in and out with. */
export function createAuthentication(given: AuthenticationOptions): Authentication {
  const { provider, options, refreshWithinMs = 0, failurePolicy = 'keep' } = given
  const { store = createSessionStore() } = given
  let ready: Promise<void> | undefined
  let refreshing: Promise<void> | undefined
  let awaited = 0

  /** Stores who signed in. */
  const keep = async (signingIn: Promise<AuthResult>): Promise<void> => {
    awaited += 1
    try {
      await store.setSession(await signingIn)
    } finally {
      awaited -= 1
    }
  }

  const config: AuthConnectConfig = {
    ...given.config,
    onLoginCallback(result) {
      // A window that had been given up came back after all.
      if (awaited === 0) store.setSession(result).catch(() => undefined)
      given.config.onLoginCallback?.(result)
    },
  }

  const setup = (): Promise<void> =>
    (ready ??= Promise.all([store.initialize(), AuthConnect.setup(config)]).then(() => undefined))

  const refresh = async (): Promise<void> => {
    const session = store.getSnapshot()
    if (!session || !(await AuthConnect.isAccessTokenAvailable(session))) return
    if (!(await AuthConnect.expiringWithin(session, refreshWithinMs))) return
    const next = await renewed(session)
    // Somebody signed in or out meanwhile: this answer is not about them.
    if (next === session || store.getSnapshot() !== session) return
    await store.setSession(next)
  }

  const renewed = async (session: AuthResult): Promise<AuthResult | null> => {
    const isOver = (): Promise<boolean> => AuthConnect.isAccessTokenExpired(session)
    if (!(await AuthConnect.isRefreshTokenAvailable(session)))
      return (await isOver()) ? null : session
    try {
      return await AuthConnect.refreshSession(provider, session)
    } catch (cause) {
      const error = asError(cause)
      if (error.code === 'signed_out') return null
      if (!(await isOver())) return session
      if (failurePolicy === 'discard') return null
      throw error
    }
  }

  const refreshIfExpired = async (): Promise<void> => {
    await setup()
    refreshing ??= refresh().finally(() => (refreshing = undefined))
    await refreshing
  }

  return {
    store,
    setup,
    refreshIfExpired,
    async login() {
      await setup()
      await keep(AuthConnect.login(provider, options))
    },
    async logout() {
      await setup()
      const session = store.getSnapshot()
      if (!session) return
      const leaving = AuthConnect.logout(provider, session)
      leaving.catch(() => undefined)
      // Whatever the provider does, here nobody is signed in any more.
      await store.setSession(null)
      await leaving
    },
    async isAuthenticated() {
      // A session that cannot be refreshed for now is one all the same.
      await refreshIfExpired().catch(() => undefined)
      const session = store.getSnapshot()
      return session !== null && (await AuthConnect.isAccessTokenAvailable(session))
    },
    async getAccessToken() {
      await refreshIfExpired()
      return store.getSnapshot()?.accessToken
    },
    async handleAuthCallback(address = location.href) {
      await setup()
      const url = new URL(address)
      if (isAnswer(url)) return keep(AuthConnect.handleLoginCallback(url))
      await AuthConnect.handleLogoutCallback()
      await store.setSession(null)
    },
  }
}
