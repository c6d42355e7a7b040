import { SessionError } from './errors.js'
import type { Token } from './snapshot.js'

/** Gives up waiting when the signal says so; what was begun goes on. */
export function until<T>(signal: AbortSignal | undefined, wanted: Promise<T>): Promise<T> {
  if (!signal) return wanted
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

/**
 * Sends a request with the access token. After a 401 it asks once more with a newer token of the
 * same sign-in, if there is one and the body can be sent again.
 */
export async function send(
  token: (rejected: string | null) => Promise<Token>,
  fetch: typeof globalThis.fetch,
  allowed: readonly string[] | 'dangerous_any',
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const request = new Request(input, init)
  const { origin } = new URL(request.url)
  if (allowed !== 'dangerous_any' && !allowed.includes(origin)) {
    const message = `the token is not sent to ${origin}: add it to allowedOrigins if it should be`
    throw new SessionError('foreign_origin', message, { detail: origin })
  }
  const again = init?.body instanceof ReadableStream ? null : request.clone()
  const first = await until(request.signal, token(null))
  const response = await fetch(signed(request, first))
  if (response.status !== 401 || again === null) {
    void again?.body?.cancel()
    return response
  }
  const newer = await until(request.signal, token(first.issued)).catch((cause: unknown) => {
    if (cause instanceof SessionError && cause.temporary) return first
    throw cause
  })
  // Only a newer token, and never the request of one person with the token of another.
  if (Number(newer.issued) <= Number(first.issued) || newer.login !== first.login) return response
  await response.body?.cancel()
  return fetch(signed(again, newer))
}

function signed(request: Request, { accessToken, tokenType }: Token): Request {
  request.headers.set('authorization', `${tokenType} ${accessToken}`)
  return request
}
