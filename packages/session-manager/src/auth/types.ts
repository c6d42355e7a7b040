import type { Hex } from '../util.js'
import type { AuthError } from './errors.js'

/** Where one value is kept. What was set must be what `get` gives from then on. */
export interface IStorageAdapter {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
  remove(key: string): Promise<void>
}

/** The tokens of a sign-in. */
export interface AuthTokens {
  sessionId?: Hex
  accessToken?: string
  refreshToken?: string
  idToken?: string
}

/** The same, in the spelling of the server. */
export interface AuthTokensAsSent {
  session_id?: string
  access_token?: string
  refresh_token?: string
  id_token?: string
}

/** What the server answers to a refresh. */
export interface RefreshResponse {
  access_token: string
  refresh_token: string
  /** Sealed with the session id. */
  session_data: string
}

export interface SessionState {
  isAuthenticated: boolean
  sessionId: string | null
}

export type AccessTokenProvider = () => Promise<string>

export interface ApiClientConfig {
  baseURL: string
  /** How long a logout waits for the server, in milliseconds. Default: a minute. */
  timeout?: number
  /** Default: `/v1/auth/session`. */
  sessionsEndpoint?: string
  /** Default: `/v1/auth/logout`. */
  logoutEndpoint?: string
}

export interface CookieOptions {
  /** Default: `/`. */
  path?: string
  domain?: string
  /** Default: `Strict`. */
  sameSite?: 'Strict' | 'Lax' | 'None'
  /** Default: yes. A page of http cannot keep such a cookie, except on localhost. */
  secure?: boolean
  /** Seconds. Default: 30 days. */
  maxAge?: number
}

/** Where each value is kept. Default: `localStorage`, and a cookie for the refresh token. */
export interface StorageConfig {
  sessionId?: IStorageAdapter
  accessToken?: IStorageAdapter
  refreshToken?: IStorageAdapter
  idToken?: IStorageAdapter
}

export interface AuthSessionManagerOptions {
  apiClientConfig?: ApiClientConfig
  storage?: StorageConfig
  /** What the names of stored values begin with. Default: `w3a`. */
  storageKeyPrefix?: string
  accessTokenProvider?: AccessTokenProvider
  cookieOptions?: CookieOptions
  /**
   * `authorize` rejects where it cannot be known whether the session is good, instead of giving
   * `null`. Default: no.
   */
  throwWhenUnavailable?: boolean
  /**
   * Is told when a logout did not reach the server, so that the session may live on there. Default:
   * a warning in the console.
   */
  onLogoutFailed?: (error: AuthError) => void
}

/** What an `HttpClient` gets its tokens from. */
export interface IHttpSessionAuthProvider {
  getAccessToken(): Promise<string | null>
  /** Brings a newer access token than the one that was refused. */
  handleUnauthorized(rejected?: string): Promise<string>
}

export interface HttpClientRequestOptions {
  headers?: Record<string, string>
  /** Sends the access token, and asks once more with a newer one after a 401. Default: no. */
  authenticated?: boolean
  useAPIKey?: boolean
  /** Milliseconds until the request is given up. Default: a minute. */
  timeout?: number
  /** Sends the body as it is. */
  isUrlEncodedData?: boolean
  logTracingHeader?: boolean
}

/** What the names of stored values end with. */
export const STORAGE_KEYS = {
  SESSION_ID: 'session_id',
  ACCESS_TOKEN: 'access_token',
  REFRESH_TOKEN: 'refresh_token',
  ID_TOKEN: 'id_token',
} as const
