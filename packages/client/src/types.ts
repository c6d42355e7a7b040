import type { SignedOutReason } from './error_code.js'
import type { SessionError } from './errors.js'
import type { SessionStorage } from './storage/session_storage.js'

export type { ErrorCode, SignedOutReason } from './error_code.js'

/** Where the parts of a session are kept. `memory` ends with the page. */
export type StorageName = 'memory' | 'localStorage' | 'sessionStorage' | 'indexedDB' | 'cookie'

/**
 * A storage of one's own, for texts by key: write this one, unless yours can do more. What is
 * stored, compared and locked is Tenure's affair. A value that was set must be what `get` gives
 * from then on, in every tab.
 */
export interface TextStorage {
  get(key: string): string | null | undefined | Promise<string | null | undefined>
  set(key: string, value: string): void | Promise<void>
  remove(key: string): void | Promise<void>
}

export interface SessionOptions {
  /** The issuer, exactly as its discovery document names it. */
  issuer: string
  clientId: string
  /** For client credentials in Node only. A page cannot keep a secret. */
  clientSecret?: string
  /**
   * Where the person comes back to: an address, or a path of this page's origin. Default: `/`. The
   * issuer must know it as an address of this client.
   */
  redirectUri?: string
  /** Scopes, separated by spaces. Default: `openid profile offline_access`. */
  scope?: string
  /**
   * Default: `indexedDB` in a page, or `localStorage` where that is blocked; else `memory`. What is
   * not named here is made into a `SessionStorage`, which is all that a session knows: an object
   * with `load` is one, one with `getItem` is a browser's, any other is a `TextStorage`.
   */
  storage?: StorageName | TextStorage | Storage | SessionStorage
  /** Tells sessions of one origin apart. Default: issuer and client. */
  name?: string
  /** Where tokens come from. Default: a sign-in; `callback` needs `getTokens`. */
  source?: 'sign_in' | 'client_credentials' | 'callback'
  /** For `source: 'callback'`: brings new tokens. */
  getTokens?: () => Promise<Tokens>
  /** Further parameters of the sign-in, such as a provider's `audience`. */
  parameters?: Record<string, string>
  /** The origins that `fetch` may send the token to. Default: that of this page. */
  allowedOrigins?: readonly string[] | 'dangerous_any'
  /** How long before its end a token counts as due, at most a third of its life. Default: 60 s. */
  skewSecs?: number
  /** Refresh by itself when a token is due (default), or only when one is wanted. */
  renewal?: 'proactive' | 'on_demand'
  /** What a refresh that fails for now does. Default: `keep` the session. */
  failurePolicy?: 'keep' | 'discard'
  idleLimitSecs?: number
  absoluteLimitSecs?: number
  /** Endpoints where discovery is missing or not wanted. */
  metadata?: Partial<Metadata>
  /** The most that the issuer's clock may differ, for ID tokens. Default: 60 s, at most 300 s. */
  clockToleranceSecs?: number
  /** Replaces the global `fetch`, for tests and for proxies. */
  fetch?: typeof globalThis.fetch
}

export interface Metadata {
  authorization_endpoint: string
  token_endpoint: string
  jwks_uri: string
  revocation_endpoint?: string
  end_session_endpoint?: string
  /** Whether each answer of the issuer names it (RFC 9207). */
  authorization_response_iss_parameter_supported?: boolean
  /** Whether it takes a `retry_key` with the code, as Tenure does. */
  retry_key_supported?: boolean
}

/** A set of tokens handed in. */
export interface Tokens {
  accessToken: string
  refreshToken?: string
  idToken?: string
  /** Seconds. */
  expiresIn?: number
  scope?: string
  tokenType?: string
}

/** The claims of the ID token. They were checked when the person signed in. */
export interface Identity {
  sub: string
  name?: string
  email?: string
  preferred_username?: string
  [claim: string]: unknown
}

/** What is known now. The same object until something changed. */
export type Snapshot =
  /** For a moment: it is found out, or becomes `failed`. */
  | { readonly status: 'loading'; readonly error?: undefined }
  | {
      /**
       * Nobody can know who is signed in: storage cannot be read, or the core cannot start. Where
       * that may pass it is tried again.
       */
      readonly status: 'failed'
      readonly error: SessionError
      /** Whether `signIn` takes the place of what is in the way, which is kept aside. */
      readonly signInHelps: boolean
    }
  | {
      readonly status: 'signed_out'
      readonly reason: SignedOutReason
      readonly error?: undefined
    }
  | {
      readonly status: 'signed_in'
      readonly error?: undefined
      readonly identity: Identity | null
      readonly scope: string | null
      /** Milliseconds since the Unix epoch, or `null` where the issuer did not say. */
      readonly expiresAt: number | null
      /** From when the token is renewed before it is handed out. */
      readonly dueAt: number | null
      readonly obtainedAt: number
      readonly signedInAt: number
    }

export interface SessionEvents {
  signedIn: { identity: Identity | null }
  refreshed: Record<never, never>
  userChanged: { identity: Identity | null }
  signedOut: { reason: SignedOutReason }
  refreshFailed: { error: SessionError }
  /** The session cannot be loaded. A page where nobody listens logs it to its console. */
  failed: { error: SessionError }
  /**
   * A sign-in replaced a session of another issuer or client, which could not be revoked where it
   * came from.
   */
  notRevoked: { issuer: string; clientId: string; error: SessionError }
  /** The storage that was asked for cannot be used; the session lives in memory. */
  storageUnavailable: { error: unknown }
}

export interface SignInOptions {
  /**
   * Default: `redirect`. A `popup` is `popup_closed` when the person closes the window, or when it
   * does not come back for ten minutes.
   */
  mode?: 'redirect' | 'popup'
  /** Where to go after a redirect: a path of this origin; anything else is `/`. Default: the present one. */
  returnTo?: string
  /** Replaces the session's own redirect address for this sign-in. */
  redirectUri?: string
  /**
   * Shows the address to the person, instead of this page or a popup: for programs. Whoever hears
   * the answer calls `handleCallback` with it. Needs a `redirectUri`.
   */
  open?: (url: string) => void | Promise<void>
  parameters?: Record<string, string>
  signal?: AbortSignal
}

/**
 * How far a sign-out goes: here only, at the issuer for this client (default), or out of the
 * issuer's own session, too. Only after the last one does the next sign-in ask who it is.
 */
export interface SignOutOptions {
  /**
   * Also leave the issuer's own session, by a redirect. Default: no. Rejects where the issuer
   * cannot be asked how; the session here is over all the same.
   */
  everywhere?: boolean
  /**
   * With `everywhere`: where to come back to, such as `/`. The issuer must know it as an address
   * after sign-out of this client. Default: the issuer's own page.
   */
  returnTo?: string
  /** Forget here only: do not even revoke the refresh token. */
  localOnly?: boolean
}

export interface CallbackResult {
  /** A path of this origin, or `null` where there is none to go to. */
  returnTo: string | null
  identity: Identity | null
}

export interface Session {
  /** Redirect: the page leaves and the promise never resolves. Popup: resolves when signed in. */
  signIn(options?: SignInOptions): Promise<void>
  /**
   * Finishes a sign-in when the address of the page is a callback; `null` when it is not.
   * Calling it twice for one callback gives the same promise.
   */
  handleCallback(url?: string | URL): Promise<CallbackResult | null>
  /** An access token that is fresh, refreshed once for all callers, tabs and processes. */
  accessToken(options?: { rejected?: string; signal?: AbortSignal }): Promise<string>
  /** `fetch` with the access token; after a 401 once more with a newer one, if there is one. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /** The claims of whoever is signed in. */
  readonly identity: Identity | null
  snapshot(): Snapshot
  /** For `useSyncExternalStore` and its like. Gives the function that ends it. */
  subscribe(listener: () => void): () => void
  on<K extends keyof SessionEvents>(
    name: K,
    listener: (event: SessionEvents[K]) => void,
  ): () => void
  /**
   * Resolves when storage was read for the first time, and rejects with the snapshot's `error`
   * where it cannot be.
   */
  ready(): Promise<Snapshot>
  /** Resolves when the sign-out is in storage. Nothing that is in flight brings it back. */
  signOut(options?: SignOutOptions): Promise<void>
  /** Takes tokens in that came from elsewhere. */
  adopt(tokens: Tokens, identity?: Identity): Promise<void>
  /** The person did something; counts for the idle limit. */
  active(): void
  /** Ends timers and listeners. The session stays in storage. */
  close(): void
}
