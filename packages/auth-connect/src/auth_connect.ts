import { configure, configured, log, resultConfig, uiMode, withoutNative } from './config.js'
import { asError, AuthConnectError, misconfigured } from './errors.js'
import { dueAt, endsWithin, expired } from './expiry.js'
import { withParameters } from './form.js'
import { claimsOf, headerOf } from '../../parts/jwt.js'
import { begin, finish, isUnderWay } from './login.js'
import { fetchManifest } from './manifest.js'
import { admit, calm } from './loop.js'
import type { AuthProvider } from './provider/base.js'
import { attend, end, refresh } from './refresh.js'
import { build } from './result.js'
import {
  TokenType,
  type AuthConnectConfig,
  type AuthResult,
  type Manifest,
  type ProviderOptions,
} from './types.js'
import { answerIn, backIn, openWindow, parametersOf, tellAnswer, tellSignedOut } from './windows.js'

/** Signs people in and out, and refreshes their tokens. The application keeps the results. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the form that applications know
export class AuthConnect {
  /** Before anything else, and again whenever the configuration changes. */
  static async setup(config: AuthConnectConfig): Promise<void> {
    configure(config)
    const mode = uiMode(config)
    if (mode === 'none') log('error', `setup: ${withoutNative(config.platform)}`)
    // The page in the window that a sign-in or a sign-out opened hands its address over.
    if (typeof location !== 'object' || mode !== 'popup') return
    const { state } = parametersOf(location.href)
    if (state !== undefined && isUnderWay(state)) tellAnswer(state)
    else tellSignedOut()
  }

  /**
   * Signs a person in. With `popup` it resolves with the result and rejects when the window is
   * closed; with `current` this page leaves, and `handleLoginCallback` goes on. An answer that comes
   * after it rejected is given to `onLoginCallback` alone.
   */
  static async login(provider: AuthProvider, options: ProviderOptions): Promise<AuthResult> {
    const config = configured()
    const mode = uiMode(config)
    // Before the first wait, or the browser blocks the window.
    const opened = mode === 'popup' ? openWindow() : undefined
    try {
      if (mode === 'none') throw misconfigured(withoutNative(config.platform))
      log('debug', 'login: begun')
      if (!opened) await admit()
      const address = await begin(provider, options)
      if (!opened) return await leave(address)
      opened.location.href = address
      const { state = '' } = parametersOf(address)
      const finishAt = ({ href }: URL): Promise<AuthResult> => finished(config, parametersOf(href))
      const late = (address: URL): void => void finishAt(address).catch(() => undefined)
      return await finishAt(await answerIn(opened, options.redirectUri, state, late))
    } catch (cause) {
      opened?.close()
      throw failed('login', cause)
    }
  }

  /** Finishes a sign-in whose page came back: with the parameters of its address, or all of it. */
  static async handleLoginCallback(
    params: Record<string, string> | string | URL,
    options?: ProviderOptions,
  ): Promise<AuthResult> {
    try {
      const given =
        typeof params === 'string' || params instanceof URL ? parametersOf(String(params)) : params
      const result = await finished(configured(), given)
      return options ? { ...result, provider: { ...result.provider, options } } : result
    } catch (cause) {
      throw failed('login', cause)
    }
  }

  /** The page came back from signing out. */
  static async handleLogoutCallback(): Promise<void> {
    configured().onLogoutCallback?.()
  }

  /**
   * Signs out: here at once and for all pages, then at the provider, whose page takes this one's
   * place or a window of its own. A provider that cannot be reached holds nobody back, and neither
   * does a window that stays away. On a device it signs out here and revokes, and no more.
   */
  static async logout(provider: AuthProvider, auth: AuthResult): Promise<void> {
    const config = configured()
    const mode = uiMode(config)
    const opened = mode === 'popup' ? windowIfAny() : undefined
    try {
      const [request] = await Promise.all([provider.logoutRequest(auth), end(provider, auth)])
      log('debug', 'logout: signed out here')
      if (mode === 'none') return config.onLogoutCallback?.()
      if (request.url === '') return void opened?.close()
      const address = withParameters(request)
      if (mode === 'current') return location.assign(address)
      if (!opened) return log('error', 'logout: the window was blocked: signed out here only')
      opened.location.href = address
      if (!(await backIn(opened, auth.provider.options.logoutUrl))) {
        log('error', 'logout: the window did not come back: signed out here only')
      }
      config.onLogoutCallback?.()
    } catch (cause) {
      opened?.close()
      throw failed('logout', cause)
    }
  }

  /** New tokens: one request for all callers and all pages. */
  static async refreshSession(provider: AuthProvider, auth: AuthResult): Promise<AuthResult> {
    try {
      return await refresh(provider, auth)
    } catch (cause) {
      throw failed('refresh', cause)
    }
  }

  static async isAccessTokenAvailable(auth: AuthResult): Promise<boolean> {
    return Boolean(auth.accessToken)
  }

  static async isAccessTokenExpired(auth: AuthResult): Promise<boolean> {
    attend(auth)
    return endsWithin(auth, 0)
  }

  /** Whether the access token is over, or will be within so many milliseconds. */
  static async expiringWithin(auth: AuthResult, millis: number): Promise<boolean> {
    attend(auth)
    return endsWithin(auth, millis)
  }

  static async isRefreshTokenAvailable(auth: AuthResult): Promise<boolean> {
    return Boolean(auth.refreshToken)
  }

  /** Milliseconds until the access token is over; `undefined` where nobody said when. */
  static async getAccessTokenExpiration(auth: AuthResult): Promise<number | undefined> {
    const due = dueAt(auth)
    return due === undefined ? undefined : due - Date.now()
  }

  /** The claims of a token, or its header; `undefined` where there is no such token or no JWT. */
  static async decodeToken<T>(
    tokenType: TokenType,
    auth: AuthResult,
    parseHeader?: boolean,
  ): Promise<T> {
    const token = await AuthConnect.getToken(tokenType, auth)
    return ((parseHeader ? headerOf(token) : claimsOf(token)) ?? undefined) as T
  }

  static async getToken(tokenType: TokenType, auth: AuthResult): Promise<string | undefined> {
    switch (tokenType) {
      case TokenType.access:
        return auth.accessToken
      case TokenType.id:
        return auth.idToken
      case TokenType.refresh:
        return auth.refreshToken
    }
  }

  /** The same sign-in with an access token that is over, for tests. */
  static async expire(auth: AuthResult): Promise<AuthResult> {
    return expired(auth, Date.now())
  }

  /** A result of tokens that came from elsewhere; without any, it is still good for signing out. */
  static async buildAuthResult(
    provider: AuthProvider,
    options: ProviderOptions,
    tokens: { accessToken?: string; idToken?: string; refreshToken?: string },
  ): Promise<AuthResult> {
    const config = resultConfig(configured())
    const manifest = await fetchManifest(options.discoveryUrl)
    const authorizeUrl = String(manifest['authorization_endpoint'])
    const request = await provider.tokenRequest(manifest, options, config)
    return build(
      { config, provider: { authorizeUrl, config: request, manifest, options } },
      { ...tokens, tokenType: 'Bearer', receivedAt: Date.now(), rawResult: '{}' },
    )
  }

  /** A provider's discovery document. */
  static async fetchManifest(discoveryUrl?: string): Promise<Manifest> {
    if (discoveryUrl) return fetchManifest(discoveryUrl)
    throw misconfigured('fetchManifest() needs the discoveryUrl')
  }

  static async getConfig(): Promise<AuthConnectConfig> {
    return configured()
  }
}

async function finished(
  config: AuthConnectConfig,
  parameters: Record<string, string>,
): Promise<AuthResult> {
  const result = await finish(parameters)
  calm()
  log('debug', 'login: signed in')
  config.onLoginCallback?.(result)
  return result
}

/** Leaves this page. If the person comes back to it by the browser's own button, it rejects. */
function leave(address: string): Promise<never> {
  location.assign(address)
  return new Promise((_, reject) => {
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) reject(new AuthConnectError('left', 'the sign-in was left'))
    })
  })
}

/** Without a window the person is signed out here, and that is what counts. */
function windowIfAny(): Window | undefined {
  try {
    return openWindow()
  } catch {
    return undefined
  }
}

function failed(what: string, cause: unknown): AuthConnectError {
  const error = asError(cause)
  log('error', `${what}: ${error.code}`)
  return error
}
