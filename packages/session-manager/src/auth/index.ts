export { AuthError } from './errors.js'
export { HttpClient } from './http_client.js'
export { AuthSessionManager } from './manager.js'
export {
  CookieStorage,
  LocalStorageAdapter,
  MemoryStorage,
  SessionStorageAdapter,
} from './storage/index.js'
export { STORAGE_KEYS } from './types.js'
export type {
  AccessTokenProvider,
  ApiClientConfig,
  AuthSessionManagerOptions,
  AuthTokens,
  AuthTokensAsSent,
  CookieOptions,
  HttpClientRequestOptions,
  IHttpSessionAuthProvider,
  IStorageAdapter,
  RefreshResponse,
  SessionState,
  StorageConfig,
} from './types.js'
