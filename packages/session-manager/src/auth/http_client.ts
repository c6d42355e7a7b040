import * as http from '../http.js'
import type { CustomOptions } from '../http.js'
import { AuthError, isTemporary } from './errors.js'
import type { HttpClientRequestOptions, IHttpSessionAuthProvider } from './types.js'

type Send<T> = (headers: Record<string, string>) => Promise<T>

/**
 * Requests with the access token of a session, where they ask for it. After a 401 a request is
 * sent once more, with a newer token. An answer that is no success is thrown, a `Response`.
 */
export class HttpClient {
  private refreshing: Promise<string> | null = null

  constructor(private readonly authSessionProvider: IHttpSessionAuthProvider) {}

  async get<T>(url: string, options: HttpClientRequestOptions = {}): Promise<T> {
    const custom = customIn(options)
    return this.send<T>((headers) => http.get(url, { headers }, custom), undefined, options)
  }

  async post<T>(
    url: string,
    data: unknown = {},
    options: HttpClientRequestOptions = {},
  ): Promise<T> {
    const custom = customIn(options)
    return this.send<T>((headers) => http.post(url, data, { headers }, custom), data, options)
  }

  async put<T>(
    url: string,
    data: unknown = {},
    options: HttpClientRequestOptions = {},
  ): Promise<T> {
    const custom = customIn(options)
    return this.send<T>((headers) => http.put(url, data, { headers }, custom), data, options)
  }

  async patch<T>(
    url: string,
    data: unknown = {},
    options: HttpClientRequestOptions = {},
  ): Promise<T> {
    const custom = customIn(options)
    return this.send<T>((headers) => http.patch(url, data, { headers }, custom), data, options)
  }

  async delete<T>(
    url: string,
    data: unknown = {},
    options: HttpClientRequestOptions = {},
  ): Promise<T> {
    const custom = customIn(options)
    return this.send<T>((headers) => http.remove(url, data, { headers }, custom), data, options)
  }

  private async send<T>(
    send: Send<T>,
    body: unknown,
    options: HttpClientRequestOptions,
  ): Promise<T> {
    if (!options.authenticated) return send({ ...options.headers })
    // Who comes while a token is refreshed waits for it, and hears the same.
    if (this.refreshing) await this.refreshing.catch(notRefreshed)
    const token = await this.authSessionProvider.getAccessToken()
    try {
      return await send(withToken(options, token))
    } catch (answer) {
      if (!isUnauthorized(answer)) throw answer
      const newer = await this.refresh(token).catch(notRefreshed)
      // A stream was read and cannot be sent again.
      if (isStream(body)) throw answer
      return await send(withToken(options, newer))
    }
  }

  /** One refresh for all requests that are refused at the same time. */
  private refresh(rejected: string | null): Promise<string> {
    this.refreshing ??= this.authSessionProvider
      .handleUnauthorized(...(rejected === null ? [] : [rejected]))
      .finally(() => (this.refreshing = null))
    return this.refreshing
  }
}

function withToken(
  { headers = {} }: HttpClientRequestOptions,
  token: string | null,
): Record<string, string> {
  return { ...headers, ...(token && { Authorization: `Bearer ${token}` }) }
}

function customIn(options: HttpClientRequestOptions): CustomOptions {
  const { useAPIKey, timeout, isUrlEncodedData, logTracingHeader } = options
  const all = { useAPIKey, timeout, isUrlEncodedData, logTracingHeader }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Whatever made it: the `Response` of another frame, or of a polyfill, is one, too. */
function isUnauthorized(answer: unknown): boolean {
  return (answer as { status?: unknown } | null | undefined)?.status === 401
}

function isStream(body: unknown): boolean {
  return typeof (body as { getReader?: unknown } | null | undefined)?.getReader === 'function'
}

function notRefreshed(cause: unknown): never {
  if (isTemporary(cause)) {
    throw new AuthError('The token cannot be refreshed now: ask again later', 'NETWORK', { cause })
  }
  throw new AuthError('Session expired, please re-authenticate', 'SESSION_EXPIRED', { cause })
}
