import type { Hex } from './util.js'

export type IRequestBody = Record<string, unknown>

export interface ApiRequestParams {
  url: string
  method?: string
  headers?: RequestInit['headers']
  data?: IRequestBody
}

export interface IStorageManager<T> {
  createSession(data: T): Promise<string>
  authorizeSession(): Promise<T>
  updateSession(data: Partial<T>): Promise<void>
  invalidateSession(): Promise<boolean>
}

export type SessionApiResponse = {
  message?: string
}

export type StorageOperation = 'create' | 'update' | 'invalidate'

export interface StorageHandlerStoreOptions {
  headers?: RequestInit['headers']
  namespace?: string
  /** Seconds. */
  timeout?: number
  allowedOrigin?: string | boolean
  operation?: StorageOperation
}

export interface StorageHandlerRetrieveOptions {
  headers?: RequestInit['headers']
  namespace?: string
}

/** A place for the data of sessions, found by the session's id. */
export interface StorageHandler<T> {
  getStorageKey(key: Hex): string
  storeData(
    key: Hex,
    data: Partial<T> | T | Record<string, never>,
    options?: StorageHandlerStoreOptions,
  ): Promise<void>
  retrieveData(key: Hex, options?: StorageHandlerRetrieveOptions): Promise<T | undefined>
  clearStorage(key: Hex): void | Promise<void>
  clearOrphanedData(baseKey?: string): void | Promise<void>
}

export interface StorageManagerOptions {
  /** The server. Default: `SESSION_SERVER_API_URL`. */
  sessionServerBaseUrl?: string
  sessionNamespace?: string
  /** How long an entry lives, in seconds. Default: a day. */
  sessionTime?: number
  /** At most 32 bytes in hexadecimal digits. */
  sessionId?: Hex
  /** Which pages may read the entry: an origin, `true` for the one that wrote it. Default: `*`. */
  allowedOrigin?: string | boolean
  /**
   * Keeps a sealed copy in `localStorage` for when the server cannot be reached. With `first` a
   * copy that still lives is the answer, and the server is not asked.
   */
  useLocalStorage?: boolean | 'first'
}

export interface SessionRequestBody extends IRequestBody {
  key: string
  data: string
  signature: string
  timeout?: number
  namespace?: string
  allowedOrigin?: string | boolean
}

/** The session service that is asked where no other is named. */
export const SESSION_SERVER_API_URL = 'https://api.web3auth.io/session-service'
