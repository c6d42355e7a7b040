/** How the application runs and how it signs people in. */
export interface AuthConnectConfig {
  platform: 'web' | 'cordova' | 'capacitor'
  /** Default: `DEBUG`. Tokens are never written. */
  logLevel?: 'DEBUG' | 'ERROR' | 'NONE'
  web?: WebOptions
  ios?: iOSOptions
  android?: AndroidOptions
  onLoginCallback?(result: AuthResult): void
  onLogoutCallback?(): void
  /** What only Tenure has. */
  tenure?: TenureOptions
}

export interface TenureOptions {
  /** How long `login` waits for its window, in seconds. Default: 600. Then it is `popup_closed`. */
  signInWindowSecs?: number
  /** How long `logout` waits for its window, in seconds. Default: 60. The session here is over. */
  signOutWindowSecs?: number
  /** What an access token is whose end nobody told. Default: `valid`. */
  unknownExpiry?: 'valid' | 'expired'
  /** Replaces the global `fetch`, for tests and for proxies. */
  fetch?: typeof globalThis.fetch
}

export interface WebOptions {
  /** A window of its own, or this page. Default: `popup`. */
  uiMode: 'popup' | 'current'
  /** Default: `PKCE`. */
  authFlow: 'PKCE' | 'implicit'
}

export interface iOSOptions {
  webView: 'private' | 'shared' | 'safari'
  safariWebViewOptions?: {
    dismissButtonStyle?: 'cancel' | 'close' | 'done'
    preferredBarTintColor?: string
    preferredControlTintColor?: string
  }
}

export interface AndroidOptions {
  isAnimated?: boolean
  showDefaultShareMenuItem?: boolean
  toolbarColor?: string
}

/** The application as the provider knows it. */
export interface ProviderOptions {
  clientId: string
  /** The address of the discovery document. */
  discoveryUrl: string
  redirectUri: string
  logoutUrl: string
  /** Scopes, separated by spaces. */
  scope: string
  audience: string
}

/** A provider's discovery document. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- applications read members of it as they are
export type Manifest = Record<string, any>

/** A request to a provider: an address with parameters, or with a form as its payload. */
export interface ProviderURLInfo {
  url: string
  params?: Record<string, string>
  payload?: Record<string, string>
  /** What the code, or the refresh token, is called in the payload. */
  tokenCodeName?: string
}

/** The part of the configuration that an `AuthResult` keeps. */
export type ResultConfig = Pick<
  AuthConnectConfig,
  'platform' | 'android' | 'ios' | 'web' | 'logLevel'
>

/** What an `AuthResult` keeps of the provider, so that it can be refreshed after a reload. */
export interface Provider {
  authorizeUrl: string
  config: ProviderURLInfo
  manifest: Manifest
  options: ProviderOptions
}

/** A sign-in: plain data that survives `JSON.stringify` and `JSON.parse`. */
export interface AuthResult {
  accessToken?: string
  idToken?: string
  refreshToken?: string
  /** The life of the access token in seconds. */
  expiresIn?: number
  /** When the tokens came, in milliseconds since the Unix epoch. */
  receivedAt: number
  tokenType: string
  scope?: string
  /** Which sign-in this is, and how often it was refreshed. */
  state: Record<string, string>
  /** The provider's answer as it came. */
  rawResult: string
  config: ResultConfig
  provider: Provider
}

export enum TokenType {
  id = 'id',
  access = 'access',
  refresh = 'refresh',
}
