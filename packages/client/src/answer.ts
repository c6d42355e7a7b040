import type { Field } from './fields.js'

/** An answer of an endpoint, taken apart; what it means is decided by the core. */
export interface Answer {
  /** `null` where none came. */
  status: number | null
  timedOut: boolean
  /** Milliseconds. */
  retryAfter: number | null
  /** The issuer's clock, where it told it. */
  issuerTime: number | null
  requestedAt: number
  members: Record<string, unknown>
}

/** Sends a form, or fetches a document, and takes the answer apart. Never throws. */
export async function ask(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  timeout = TIMEOUT,
): Promise<Answer> {
  const requestedAt = Date.now()
  const nothing = { retryAfter: null, issuerTime: null, requestedAt, members: {} }
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(timeout),
      ...init,
    })
    return {
      status: response.status,
      timedOut: false,
      retryAfter: spanOf(response.headers.get('retry-after')),
      issuerTime: dateOf(response.headers.get('date')),
      requestedAt,
      members: membersOf(await bounded(response)),
    }
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError'
    return { status: null, timedOut, ...nothing }
  }
}

/** The fields of a token answer, in the core's order. */
export function tokenAnswer(answer: Answer): Field[] {
  const { members } = answer
  const text = (name: string): string => {
    const value = members[name]
    return typeof value === 'string' ? value : ''
  }
  return [
    answer.status,
    answer.timedOut,
    answer.retryAfter,
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
  const written = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof written !== 'number' || !Number.isFinite(written)) return null
  return Math.min(Math.max(Math.trunc(written), 0), LONGEST_LIFE) * 1000
}

function spanOf(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  const millis = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(millis) && millis >= 0 ? Math.trunc(millis) : null
}

function dateOf(header: string | null): number | null {
  const at = header === null ? Number.NaN : Date.parse(header)
  return Number.isFinite(at) ? at : null
}

async function bounded(response: Response): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let length = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.byteLength
    if (length > LONGEST_BODY) {
      await reader.cancel()
      return ''
    }
    text += decoder.decode(value, { stream: true })
  }
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

const TIMEOUT = 30_000
const LONGEST_BODY = 1024 * 1024
/** A hundred years: longer lives are the same to everybody. */
const LONGEST_LIFE = 3.2e9
