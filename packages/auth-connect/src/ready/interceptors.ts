import type { Authentication } from './authentication.js'

export interface InterceptorOptions {
  /**
   * The origins that are shown the access token. Default: that of the page, and that of the
   * client's `baseURL`.
   */
  allowedOrigins?: readonly string[]
  /** Called when the API refused the access token and the session has ended. */
  onSignedOut?: () => void
}

/** What is used of a request's configuration; that of axios fits. */
export interface RequestConfig {
  url?: string | undefined
  baseURL?: string | undefined
  headers?: object | undefined
}

/** What is used of a client; an instance of axios fits. */
export interface InterceptedClient {
  interceptors: {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each version of axios has its own types here
    request: { use(fulfilled: (config: any) => any): unknown }
    response: {
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
      use(fulfilled: (response: any) => any, rejected: (error: any) => any): unknown
    }
  }
}

export interface Interceptors {
  /** Adds the access token, refreshed where it is over. */
  request<C extends RequestConfig>(config: C): Promise<C>
  /** Ends the session when the API refused its access token. The error stays an error. */
  rejected(error: unknown): Promise<never>
  /** Adds both to a client. */
  attachTo<C extends InterceptedClient>(client: C): C
}

/** Interceptors in the form of axios. */
export function createInterceptors(
  authentication: Authentication,
  options: InterceptorOptions = {},
): Interceptors {
  const request = async <C extends RequestConfig>(config: C): Promise<C> => {
    if (!isAllowed(config.url ?? '', config.baseURL, options)) return config
    const token = await authentication.getAccessToken()
    if (token !== undefined) setHeader(config, `Bearer ${token}`)
    return config
  }
  const rejected = async (error: unknown): Promise<never> => {
    const { response, config } = (error ?? {}) as {
      response?: { status?: number }
      config?: RequestConfig
    }
    if (response?.status === 401) await refused(authentication, header(config), options)
    throw error
  }
  return {
    request,
    rejected,
    attachTo(client) {
      client.interceptors.request.use(request)
      client.interceptors.response.use((response: unknown) => response, rejected)
      return client
    },
  }
}

/** `fetch` with the access token; a 401 about it ends the session. */
export function createFetch(
  authentication: Authentication,
  options: InterceptorOptions = {},
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    if (!isAllowed(request.url, undefined, options)) return fetch(request)
    const token = await authentication.getAccessToken()
    if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(request)
    if (response.status === 401) {
      await refused(authentication, request.headers.get('authorization'), options)
    }
    return response
  }
}

/** A late refusal of an older token says nothing about the session that there is now. */
async function refused(
  { store }: Authentication,
  shown: string | null,
  { onSignedOut }: InterceptorOptions,
): Promise<void> {
  const session = store.getSnapshot()
  if (!session || shown !== `Bearer ${session.accessToken}`) return
  await store.setSession(null)
  onSignedOut?.()
}

function isAllowed(
  url: string,
  baseURL: string | undefined,
  { allowedOrigins }: InterceptorOptions,
): boolean {
  const page = typeof location === 'object' ? location.href : undefined
  const base = (baseURL && parsed(baseURL, page)?.href) || page
  const origin = parsed(url, base)?.origin
  if (origin === undefined) return false
  if (allowedOrigins) return allowedOrigins.includes(origin)
  return [page, base].some((own) => own !== undefined && new URL(own).origin === origin)
}

function parsed(url: string, base: string | undefined): URL | null {
  try {
    return new URL(url, base)
  } catch {
    return null
  }
}

function setHeader(config: RequestConfig, value: string): void {
  const headers = (config.headers ??= {}) as Record<string, unknown>
  if (typeof headers['set'] === 'function') headers['set']('Authorization', value)
  else headers['Authorization'] = value
}

function header(config: RequestConfig | undefined): string | null {
  const headers = (config?.headers ?? {}) as Record<string, unknown>
  const found: unknown =
    typeof headers['get'] === 'function'
      ? headers['get']('Authorization')
      : headers['Authorization']
  return typeof found === 'string' ? found : null
}
