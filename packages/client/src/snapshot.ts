import { errorOf, type SessionError } from './errors.js'
import { jwtPart } from '../../parts/jwt.js'
import { isFresh, type TokenTimes } from './fresh.js'
import type * as core from './messages.js'
import type { Identity, Snapshot } from './types.js'

/** A token as the session hands it out. */
export interface Token {
  accessToken: string
  tokenType: string
  /** The generation it came with: a newer token has a greater one. */
  issued: string
  /** Which sign-in it belongs to. */
  login: string
  times: TokenTimes
}

/** What the core's snapshot says, with what only the driver needs. */
export interface Known {
  shown: Snapshot
  token?: Token
  idToken?: string
}

/**
 * Reads the core's fields; the shown part is the one before if nothing of it changed. `fault` is
 * what storage threw.
 */
export function read(said: core.Snapshot, before: Known, fault?: unknown): Known {
  if (said[0] === 'loading') return { shown: same({ status: said[0] }, before) }
  if (said[0] === 'failed') {
    const [, signInHelps, ...cause] = said
    return failed(errorOf(cause, fault), signInHelps === '1')
  }
  if (said[0] === 'signed_out') {
    return { shown: same({ status: said[0], reason: said[1] }, before) }
  }
  const [, , freshUntil, loginGeneration, loginAt, , accessToken, tokenType, ...rest] = said
  const [obtainedAt, issued, expiresAt, , , idToken, scope, subject] = rest
  const shown: Snapshot & TokenTimes = {
    status: 'signed_in',
    identity: identityOf(idToken, subject, before),
    scope: scope || null,
    expiresAt: expiresAt ? Number(expiresAt) : null,
    dueAt: freshUntil ? Number(freshUntil) : null,
    obtainedAt: Number(obtainedAt),
    signedInAt: Number(loginAt),
  }
  const token: Token = {
    accessToken,
    tokenType,
    issued,
    login: `${loginGeneration} ${loginAt}`,
    times: shown,
  }
  return { shown: same(shown, before), token, idToken }
}

/** What there is to show where nobody can know who is signed in. */
export function failed(error: SessionError, signInHelps: boolean): Known {
  return { shown: Object.freeze({ status: 'failed', error, signInHelps }) }
}

/** Whether a token may be handed out without asking the core. */
export function isGood(token: Token | undefined): token is Token {
  return !!token && isFresh(token.times)
}

function identityOf(idToken: string, sub: string, { shown, ...before }: Known): Identity | null {
  const known = shown.status === 'signed_in' ? shown.identity : null
  if (idToken === '') return sub === '' ? null : known?.sub === sub ? known : { sub }
  return before.idToken === idToken ? known : (jwtPart(idToken.split('.')[1]) as Identity | null)
}

function same(next: Snapshot, { shown }: Known): Snapshot {
  const [one, other] = [next, shown] as [object, object] as Record<string, unknown>[]
  return Object.entries(one ?? {}).every(([name, value]) => other?.[name] === value)
    ? shown
    : Object.freeze(next)
}
