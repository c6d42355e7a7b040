import { get, patch, post, put } from './http.js'
import type { ApiRequestParams, IStorageManager } from './interfaces.js'
import { sessionIdOf, type Hex } from './util.js'

/** What every manager of sealed sessions has: a session id, and requests. */
export abstract class BaseStorageManager<T> implements IStorageManager<T> {
  protected _sessionId: Hex = undefined as unknown as Hex

  /** 64 digits after `0x`; `undefined` where none was set, or the session was invalidated. */
  get sessionId(): Hex {
    return this._sessionId
  }

  checkSessionParams(): void {
    if (!this.sessionId) throw new Error('Session id is required')
    this._sessionId = sessionIdOf(this._sessionId)
  }

  /** Sends a request. Parameters of the query belong into the address. */
  protected request<R>({
    method = 'GET',
    url,
    data = {},
    headers = {},
  }: ApiRequestParams): Promise<R> {
    const options = { headers }
    switch (method) {
      case 'GET':
        return get<R>(url, options)
      case 'POST':
        return post<R>(url, data, options)
      case 'PUT':
        return put<R>(url, data, options)
      case 'PATCH':
        return patch<R>(url, data, options)
      default:
        throw new Error('Invalid method type: GET, POST, PUT and PATCH are sent')
    }
  }

  abstract setSessionId(sessionId: Hex): void
  abstract createSession(data: T): Promise<string>
  abstract authorizeSession(): Promise<T>
  abstract updateSession(data: Partial<T>): Promise<void>
  abstract invalidateSession(): Promise<boolean>
}
