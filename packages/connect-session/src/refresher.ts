import { createSession, type Session, type Tokens } from '@tenure/client'

import { NO_ADDRESS } from './faults.js'
import type { Vault } from './vault.js'
import {
  EARLY,
  lifeOf,
  plainOf,
  postForm,
  refreshForm,
  type TokenReply,
  type Members,
  type EndpointSettings,
} from './wire.js'

/** A session of `@tenure/client` that speaks to the token endpoint as the original does. */
export function openRefresher(endpoints: EndpointSettings, vault: Vault): Session {
  const at = (path: string): string => {
    try {
      return new URL(`${endpoints.oauthUrl}/${path}`, location.href).href
    } catch {
      // A page that a test made up may have no address to complete it by.
      throw new TypeError(NO_ADDRESS)
    }
  }
  return createSession({
    issuer: at(''),
    clientId: endpoints.clientId,
    storage: vault,
    renewal: 'on_demand',
    skewSecs: EARLY,
    metadata: {
      authorization_endpoint: at('authorize'),
      token_endpoint: at('token'),
      jwks_uri: at('.well-known/jwks.json'),
    },
    fetch: async (_, init) => {
      const asked = new URLSearchParams(String(init?.body))
      const requestedAt = Date.now()
      const form = refreshForm(endpoints, asked.get('refresh_token') ?? '')
      const answer = await postForm(endpoints, form, init?.signal ?? undefined)
      note(vault, answer.members, null, requestedAt)
      return asResponse(answer)
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
  const life = lifeOf(members, requestedAt) ?? Infinity
  vault.note(String(members['access_token']), {
    idToken: typeof members['id_token'] === 'string' ? members['id_token'] : null,
    email,
    endsAt: requestedAt + life * 1000,
  })
}

/** The tokens of an answer, in the form of `@tenure/client`, which counts their life from now. */
export function tokensOf(members: Members, requestedAt: number): Tokens {
  const refreshToken = members['refresh_token']
  const life = lifeOf(members, requestedAt)
  const age = Math.max(0, Date.now() - requestedAt) / 1000
  return {
    accessToken: String(members['access_token']),
    idToken: String(members['id_token']),
    tokenType: 'Bearer',
    ...(typeof refreshToken === 'string' && { refreshToken }),
    ...(life !== null && { expiresIn: Math.max(0, life - age) }),
  }
}

/** The answer as the core reads it, where a token has a life, too. */
export function asResponse(reply: TokenReply): Response {
  const { status, members, headers } = plainOf(reply)
  const life = lifeOf(members)
  const told = { ...members, ...(life !== null && { expires_in: life }) }
  return new Response(JSON.stringify(told), { status, headers })
}
