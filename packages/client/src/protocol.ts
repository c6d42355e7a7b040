// For whoever gives a session an interface of their own: what the core decides about the messages
// of OAuth and OpenID Connect. The core is the one that sessions use, loaded once for a page.

import { readParameters } from './callback.js'
import { loadCore } from './core.js'
import { isBehind, isFresh, type TokenTimes } from './fresh.js'
import * as idToken from './id_token.js'
import type { ExpectedIdToken } from './id_token.js'
import { openIssuer } from './issuer.js'
import * as pending from './pending_login.js'
import type { NewLogin, PendingLogin } from './pending_login.js'
import * as redirects from './redirects.js'
import { fetchReply, type HttpReply } from './reply.js'
import * as response from './token_response.js'
import type { TokenResponse } from './token_response.js'
import type { Identity, SessionOptions } from './types.js'

export { fetchReply, isBehind, isFresh }
export type { ExpectedIdToken, HttpReply, NewLogin, PendingLogin, TokenResponse, TokenTimes }
export { forgetRedirects } from './redirects.js'
export { subtle } from './id_token.js'

/**
 * Notes a sign-in that begins, and gives the address to send the person to. `name` tells the
 * sign-ins of one session from those of others. The `state` is used up by `finishLogin`, once.
 */
export async function beginLogin(name: string, login: NewLogin): Promise<string> {
  return pending.beginLogin(await loadCore(), name, login)
}

/**
 * Uses up the sign-in that an answer with this `state` and `iss` belongs to. Rejects with
 * `state_missing`, `state_expired`, `state_mismatch`, `state_already_used`, or with
 * `invalid_callback` where another issuer answers.
 */
export async function finishLogin(
  name: string,
  state: string | undefined,
  iss: string | undefined,
): Promise<PendingLogin> {
  return pending.finishLogin(await loadCore(), name, state, iss)
}

/** Whether a sign-in with this `state` was begun here, whatever became of it. */
export function isKnownLogin(name: string, state: string): boolean {
  return pending.fateOf(name, state) !== undefined
}

/** What the parameters of a redirect say (RFC 6749 §4.1.2, RFC 9207). */
export type CallbackAnswer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refusal'; readonly error: string; readonly temporary: boolean }
  /** It is no answer, or one that contradicts itself: `not_a_callback`, `repeated`, … */
  | { readonly kind: 'fault'; readonly fault: string }

/** Reads the parameters of a redirect. */
export async function readCallback(parameters: Record<string, string>): Promise<CallbackAnswer> {
  const core = await loadCore()
  const [kind, first = '', refusal] = readParameters(core, Object.entries(parameters))
  if (kind === 'code') return { kind, code: first }
  if (kind === 'refusal') return { kind, error: first, temporary: refusal === 'unavailable' }
  return { kind: 'fault', fault: first }
}

/** What a reply of a token endpoint to a code or to credentials means. */
export async function readTokenResponse(
  reply: Pick<HttpReply, 'status' | 'members'> & Partial<HttpReply>,
): Promise<TokenResponse> {
  const usual = { timedOut: false, retryAfter: null, issuerTime: null, requestedAt: Date.now() }
  return response.readTokenResponse(await loadCore(), { ...usual, ...reply })
}

/**
 * Checks an ID token: its signature by WebCrypto, with the keys that are asked for once it looks
 * like one, and its claims. Rejects with `invalid_id_token`, whose `detail` says why.
 */
export async function checkIdToken(
  token: string,
  keys: () => Promise<JsonWebKey[]>,
  expected: ExpectedIdToken,
): Promise<Identity> {
  return idToken.checkIdToken(await loadCore(), token, keys, expected)
}

/** The keys that an issuer signs with now. */
export async function fetchKeys(options: SessionOptions): Promise<JsonWebKey[]> {
  return openIssuer(await loadCore(), options).keys()
}

/** Whether this tab may be sent to sign in once more; counted under `key` in `sessionStorage`. */
export async function allowRedirect(key: string): Promise<boolean> {
  return redirects.allowRedirect(await loadCore(), key)
}

/** What a provider's sign-out wants to know. */
export interface SignOut {
  /** What this form of sign-out is called in the crate `tenure-oidc`; `generic` is the standard. */
  form: string
  clientId: string
  issuer: string
  /** The origin of the provider's pages. */
  base: string
  endSessionEndpoint?: string | undefined
  /** Where to come back to. */
  returnTo?: string | undefined
  idToken?: string | undefined
}

/** Where to send a person to sign out; empty where the provider has no page for that. */
export async function endSessionUrl(asked: SignOut): Promise<string> {
  const core = await loadCore()
  const { form, clientId, issuer, base, endSessionEndpoint, returnTo, idToken } = asked
  const about = [form, clientId, issuer, base, endSessionEndpoint, returnTo, idToken] as const
  const [address = ''] = core.ask('sign_out', ...about, null)
  return address
}
