import { createSession, type Session, type Tokens } from '@tenure/client'

import type { Vault } from './vault.js'
import { postForm, refreshForm, spansOf, type Answer, type Members, type Wire } from './wire.js'

/** A session of `@tenure/client` that speaks to the token endpoint as the original does. */
export function openRefresher(wire: Wire, vault: Vault): Session {
  const at = (path: string): string => new URL(`${wire.oauthUrl}/${path}`, location.href).href
  return createSession({
    issuer: at(''),
    clientId: wire.clientId,
    storage: vault,
    renewal: 'on_demand',
    // What the core is told as the life of a token ends when the token is due.
    skewSecs: 0,
    metadata: {
      authorization_endpoint: at('authorize'),
      token_endpoint: at('token'),
      jwks_uri: at('.well-known/jwks.json'),
    },
    fetch: async (_, init) => {
      const asked = new URLSearchParams(String(init?.body))
      const requestedAt = Date.now()
      const form = refreshForm(wire, asked.get('refresh_token') ?? '')
      const answer = await postForm(wire, form, init?.signal ?? undefined)
      note(vault, answer.members, null, requestedAt)
      return asAnswer(answer)
    },
  })
}

/** Notes what belongs to the access token of an answer. */
export function note(
  vault: Vault,
  members: Members,
  email: string | null,
  requestedAt: number,
): void {
  const end = spansOf(members, requestedAt)?.end ?? Infinity
  vault.note(String(members['access_token']), {
    idToken: typeof members['id_token'] === 'string' ? members['id_token'] : null,
    email,
    endsAt: requestedAt + end * 1000,
  })
}

/** The tokens of an answer, in the form of `@tenure/client`. */
export function tokensOf(members: Members): Tokens {
  const refreshToken = members['refresh_token']
  const spans = spansOf(members)
  return {
    accessToken: String(members['access_token']),
    idToken: String(members['id_token']),
    tokenType: 'Bearer',
    ...(typeof refreshToken === 'string' && { refreshToken }),
    ...(spans && { expiresIn: spans.due }),
  }
}

/** The answer as the core reads it: an error has the status of one, and a token a life and type. */
export function asAnswer({ status, members, headers }: Answer): Response {
  const spans = spansOf(members)
  const told = { token_type: 'Bearer', ...members, ...(spans && { expires_in: spans.due }) }
  const failed = members['error'] !== undefined && status < 400
  return new Response(JSON.stringify(told), { status: failed ? 400 : status, headers })
}
