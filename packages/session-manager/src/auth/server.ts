import { post } from '../http.js'
import type { ApiClientConfig, RefreshResponse } from './types.js'

/** The tokens that a request is sent with. */
export interface Shown {
  accessToken: string | null
  refreshToken: string | null
}

/** The two requests of a token session. */
export class SessionServer {
  constructor(private readonly config: ApiClientConfig) {}

  get refreshAddress(): string {
    return `${this.config.baseURL}${this.config.sessionsEndpoint ?? '/v1/auth/session'}`
  }

  refresh(shown: Shown, signal?: AbortSignal | null): Promise<Partial<RefreshResponse>> {
    return this.send(this.refreshAddress, shown, signal ? { signal } : {})
  }

  async logout(shown: Shown): Promise<void> {
    const { baseURL, logoutEndpoint = '/v1/auth/logout', timeout } = this.config
    await this.send(`${baseURL}${logoutEndpoint}`, shown, { keepalive: true }, timeout)
  }

  private send<T>(
    address: string,
    { accessToken, refreshToken }: Shown,
    more: { signal?: AbortSignal; keepalive?: boolean },
    timeout?: number,
  ): Promise<T> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' }
    if (accessToken) headers['Authorization'] = `Bearer ${accessToken}`
    const body = refreshToken ? { refresh_token: refreshToken } : {}
    return timeout === undefined
      ? post(address, body, { headers, ...more })
      : post(address, body, { headers, ...more }, { timeout })
  }
}
