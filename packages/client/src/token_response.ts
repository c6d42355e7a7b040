import type { Core } from './core.js'
import { tokenAnswer, type HttpReply } from './reply.js'
import type { Tokens } from './types.js'

/** What a token endpoint said to a code or to credentials. */
export type TokenResponse =
  | { readonly kind: 'tokens'; readonly tokens: Tokens & { readonly tokenType: string } }
  /** A definite no to what was shown: only signing in again helps. */
  | { readonly kind: 'refused' }
  /** The client or its request is wrong. */
  | { readonly kind: 'misconfigured' }
  /** Nothing was said about what was shown: asking again may help. */
  | { readonly kind: 'unavailable'; readonly outage: string }

/** What a reply of a token endpoint means. */
export function readTokenResponse(core: Core, reply: HttpReply): TokenResponse {
  const [kind, ...said] = core.ask('token_response', reply.requestedAt, ...tokenAnswer(reply))
  if (kind !== 'grant') {
    const [fault, outage = ''] = said as [
      kind: 'refused' | 'misconfigured' | 'unavailable',
      string?,
    ]
    return fault === 'unavailable' ? { kind: fault, outage } : { kind: fault }
  }
  const [accessToken = '', tokenType = '', life, refreshToken, idToken, scope] = said
  const tokens: Tokens & { tokenType: string } = { accessToken, tokenType }
  if (life) tokens.expiresIn = Number(life) / 1000
  if (refreshToken) tokens.refreshToken = refreshToken
  if (scope) tokens.scope = scope
  if (idToken) tokens.idToken = idToken
  return { kind: 'tokens', tokens }
}
