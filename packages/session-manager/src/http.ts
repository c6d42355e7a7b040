// The requests of this package. The functions and their arguments are those of
// `@toruslabs/http-helpers`, so a test that replaces one module can replace the other.
import { timeout } from '../../parts/timeout.js'

/** How one request differs from the usual. */
export interface CustomOptions {
  /** Sends `x-api-key`, and `x-embed-host` where one was set. */
  useAPIKey?: boolean
  /** Milliseconds until the request is given up. Default: a minute. */
  timeout?: number
  /** Sends the body as it is. */
  isUrlEncodedData?: boolean
  /** Logs the answer's `x-web3-correlation-id`. */
  logTracingHeader?: boolean
}

type Options = Omit<RequestInit, 'method' | 'body'>

export function get<T>(url: string, options?: Options, custom?: CustomOptions): Promise<T> {
  return send('GET', url, undefined, options, custom)
}

export function post<T>(
  url: string,
  data?: unknown,
  options?: Options,
  custom?: CustomOptions,
): Promise<T> {
  return send('POST', url, data ?? {}, options, custom)
}

export function put<T>(
  url: string,
  data?: unknown,
  options?: Options,
  custom?: CustomOptions,
): Promise<T> {
  return send('PUT', url, data ?? {}, options, custom)
}

export function patch<T>(
  url: string,
  data?: unknown,
  options?: Options,
  custom?: CustomOptions,
): Promise<T> {
  return send('PATCH', url, data ?? {}, options, custom)
}

export function remove<T>(
  url: string,
  data?: unknown,
  options?: Options,
  custom?: CustomOptions,
): Promise<T> {
  return send('DELETE', url, data ?? {}, options, custom)
}

/** Sets what `useAPIKey` sends as `x-api-key`. */
export function setAPIKey(key: string): void {
  apiKey = key
}

export function clearAPIKey(): void {
  apiKey = DEFAULT_KEY
}

/** Sets what `useAPIKey` sends as `x-embed-host`. */
export function setEmbedHost(host: string): void {
  embedHost = host
}

export function clearEmbedHost(): void {
  embedHost = ''
}

/**
 * The answer: an object where it is JSON, otherwise its text. An answer that is no success is
 * thrown as it is, a `Response`.
 */
async function send<T>(
  method: string,
  url: string,
  data: unknown,
  options: Options = {},
  custom: CustomOptions = {},
): Promise<T> {
  const millis = custom.timeout || USUAL_TIMEOUT
  const late = timeout(millis)
  const signal = options.signal ? either(options.signal, late) : late
  try {
    const headers = headersOf(method, options.headers, custom)
    const body = custom.isUrlEncodedData ? (data as BodyInit) : JSON.stringify(data)
    const response = await fetch(url, {
      mode: 'cors',
      ...options,
      method,
      headers,
      signal,
      ...(method !== 'GET' && { body }),
      // Node asks for it where a body is a stream.
      ...(isStream(body) && { duplex: 'half' }),
    })
    if (custom.logTracingHeader) logTracing(response)
    if (!response.ok) throw response
    const isJson = response.headers.get('content-type')?.includes('application/json')
    return (await (isJson ? response.json() : response.text())) as T
  } catch (cause) {
    if (!late.aborted) throw cause
    throw new TimeoutError(`${url} did not answer within ${millis} ms`, { cause })
  }
}

/** Thrown where no answer came in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

function headersOf(
  method: string,
  given: RequestInit['headers'],
  { useAPIKey, isUrlEncodedData }: CustomOptions,
): Record<string, string> {
  const headers: Record<string, string> = {}
  if (method !== 'GET' && !isUrlEncodedData) headers['Content-Type'] = JSON_TYPE
  if (useAPIKey && apiKey) headers['x-api-key'] = apiKey
  if (useAPIKey && embedHost) headers['x-embed-host'] = embedHost
  const isPlain = given && !(given instanceof Headers) && !Array.isArray(given)
  const own = isPlain ? given : Object.fromEntries(new Headers(given))
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue
    const same = Object.keys(headers).find((it) => it.toLowerCase() === name.toLowerCase())
    if (same !== undefined && same !== name) Reflect.deleteProperty(headers, same)
    headers[name] = value
  }
  return headers
}

function either(one: AbortSignal, other: AbortSignal): AbortSignal {
  const both = new AbortController()
  for (const signal of [one, other]) {
    const abort = (): void => both.abort(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  }
  return both.signal
}

function isStream(body: unknown): boolean {
  return typeof ReadableStream === 'function' && body instanceof ReadableStream
}

function logTracing({ headers }: Response): void {
  const id = headers.get('x-web3-correlation-id')
  if (id) console.info(`request ${id}`)
}

const JSON_TYPE = 'application/json; charset=utf-8'
const USUAL_TIMEOUT = 60_000
const DEFAULT_KEY = 'torus-default'
let apiKey = DEFAULT_KEY
let embedHost = ''
