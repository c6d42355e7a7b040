import { SessionError } from './errors.js'

/** What `send` needs of a session. */
export interface Tokens {
  token(
    rejected: string | null,
  ): Promise<{ accessToken: string; tokenType: string; issued: string; login: string }>
}

/**
 * Sends a request with the access token. After a 401 it asks once more with a newer token of the
 * same sign-in, if there is one and the body can be sent again.
 */
export async function send(
  tokens: Tokens,
  fetch: typeof globalThis.fetch,
  allowed: readonly string[] | 'dangerous_any',
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const streams = init?.body instanceof ReadableStream
  const request = new Request(input, init)
  const { origin } = new URL(request.url)
  if (allowed !== 'dangerous_any' && !allowed.includes(origin)) {
    throw new SessionError('foreign_origin', `${origin} is not among the allowed origins`, {
      detail: origin,
    })
  }
  const again = streams ? null : request.clone()
  const first = await tokens.token(null)
  const response = await fetch(signed(request, first))
  if (response.status !== 401 || again === null) {
    void again?.body?.cancel()
    return response
  }
  const newer = await tokens.token(first.issued).catch((cause: unknown) => {
    if (cause instanceof SessionError && cause.temporary) return first
    throw cause
  })
  // Only a newer token, and never the request of one person with the token of another.
  if (Number(newer.issued) <= Number(first.issued) || newer.login !== first.login) return response
  await response.body?.cancel()
  return fetch(signed(again, newer))
}

function signed(request: Request, token: { accessToken: string; tokenType: string }): Request {
  request.headers.set('authorization', `${token.tokenType} ${token.accessToken}`)
  return request
}
