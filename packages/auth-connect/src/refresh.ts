import { asError, AuthConnectError } from './errors.js'
import { familyOf, type Newest } from './family.js'
import { refreshedIdToken } from './identity.js'
import type { AuthProvider } from './provider/base.js'
import { marked, markOf } from './result.js'
import { generationOf, tokensOf } from './stored.js'
import type { AuthResult } from './types.js'

/**
 * New tokens for old ones, with one request for all callers and pages. If another page has
 * refreshed this sign-in already, its tokens are the answer.
 */
export async function refresh(provider: AuthProvider, auth: AuthResult): Promise<AuthResult> {
  if (auth.refreshToken === undefined) {
    throw new AuthConnectError('no_refresh_token', 'this sign-in has no refresh token')
  }
  const mark = await markOf(auth)
  const family = familyOf(mark)
  const session = family.open(provider, auth, mark)
  try {
    await session.ready()
    await session.accessToken({ rejected: auth.accessToken ?? '' })
  } catch (cause) {
    if (family.fault === undefined) throw asError(cause)
    throw new AuthConnectError('misconfigured', 'the provider’s refreshTokenRequest() failed', {
      cause: family.fault,
    })
  }
  const { newest } = family
  if (!newest) throw new AuthConnectError('signed_out', 'signed out')
  const known = results.get(newest) ?? result(auth, mark.login, newest)
  results.set(newest, known)
  return known
}

/** Ends a sign-in for all pages, and its refresh token at the provider. */
export async function end(provider: AuthProvider, auth: AuthResult): Promise<void> {
  if (auth.refreshToken === undefined) return
  const mark = await markOf(auth)
  await familyOf(mark).open(provider, auth, mark).signOut()
}

/** Listens for what other pages do with a sign-in. */
export function attend(auth: AuthResult): void {
  if (auth.refreshToken === undefined || typeof window !== 'object') return
  void markOf(auth).then(familyOf, () => undefined)
}

async function result(auth: AuthResult, login: string, newest: Newest): Promise<AuthResult> {
  const tokens = tokensOf(newest.stored)
  if (!tokens) throw new AuthConnectError('signed_out', 'signed out')
  const { manifest, options } = auth.provider
  const answered = newest.answer === null ? {} : (JSON.parse(newest.answer) as Answered)
  const { expires_at, obtained_at, refresh_token, scope } = tokens
  const before = auth.idToken
  const rest = { ...auth }
  delete rest.refreshToken
  delete rest.expiresIn
  const idToken = answered.id_token
    ? await refreshedIdToken(answered.id_token, before, manifest, options)
    : before
  return {
    ...rest,
    accessToken: tokens.access_token,
    tokenType: tokens.token_type,
    receivedAt: obtained_at,
    rawResult: newest.answer ?? auth.rawResult,
    state: marked(auth.state, { login, generation: generationOf(newest.stored) }),
    ...(expires_at !== undefined && { expiresIn: (expires_at - obtained_at) / 1000 }),
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...(scope !== undefined && { scope }),
    ...(idToken !== undefined && { idToken }),
  }
}

interface Answered {
  id_token?: string
}

/** Callers of one refresh get one result. */
const results = new WeakMap<Newest, Promise<AuthResult>>()
