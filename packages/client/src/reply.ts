import { bounded } from '../../parts/body.js'
import { parseObject, type JsonObject } from '../../parts/json.js'
import { REQUEST_TIMEOUT, timeout } from '../../parts/timeout.js'
import type { TokenAnswer } from './messages.js'

/** An answer of an endpoint, taken apart; what it means is decided by the core. */
export interface HttpReply {
  /** `null` where none came. */
  status: number | null
  timedOut: boolean
  /** Milliseconds. */
  retryAfter: number | null
  /** The issuer's clock, where it told it. */
  issuerTime: number | null
  requestedAt: number
  members: JsonObject
}

/** Sends a form, or fetches a document, and takes the answer apart. Never throws. */
export async function fetchReply(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
): Promise<HttpReply> {
  const answer: HttpReply = {
    status: null,
    timedOut: false,
    retryAfter: null,
    issuerTime: null,
    requestedAt: Date.now(),
    members: {},
  }
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: timeout(REQUEST_TIMEOUT),
      ...init,
    })
    const members = parseObject(await bounded(response)) ?? {}
    const retryAfter = spanOf(response.headers.get('retry-after'))
    const issuerTime = whole(Date.parse(response.headers.get('date') ?? ''))
    return { ...answer, status: response.status, retryAfter, issuerTime, members }
  } catch (cause) {
    return { ...answer, timedOut: (cause as Error | null)?.name === 'TimeoutError' }
  }
}

/** The fields of a token answer, in the core's order. */
export function tokenAnswer({ status, timedOut, retryAfter, members }: HttpReply): TokenAnswer {
  const text = (name: string): string => {
    const value = members[name]
    return typeof value === 'string' ? value : ''
  }
  return [
    status,
    timedOut,
    retryAfter,
    text('access_token'),
    text('token_type'),
    lifeOf(members['expires_in']),
    text('refresh_token'),
    text('id_token'),
    text('scope'),
    text('error'),
  ]
}

/** A life in milliseconds, also where it was written as a text; a negative one is over. */
function lifeOf(value: unknown): number | null {
  const seconds = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
  return seconds ? whole(Math.min(Math.max(Number(value), 0), LONGEST_LIFE) * 1000) : null
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function spanOf(header: string | null): number | null {
  if (header === null) return null
  const millis = Number(header) * 1000
  const span = whole(Number.isNaN(millis) ? Date.parse(header) - Date.now() : millis)
  return span !== null && span >= 0 ? span : null
}

function whole(number: number): number | null {
  return Number.isFinite(number) ? Math.trunc(number) : null
}

/** A hundred years: longer lives are the same to everybody. */
const LONGEST_LIFE = 3.2e9
