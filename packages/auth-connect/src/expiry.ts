import { isBehind } from '@tenure/client/protocol'
import { configuredIfAny } from './config.js'
import { claimsOf } from '../../parts/jwt.js'
import type { AuthResult } from './types.js'

/**
 * When the access token ends, in milliseconds since the Unix epoch: as long after it came as the
 * provider said, or else as its own claims say; `undefined` where nobody says.
 */
export function dueAt(auth: AuthResult): number | undefined {
  if (typeof auth.expiresIn === 'number') return auth.receivedAt + auth.expiresIn * 1000
  const { exp, iat } = claimsOf(auth.accessToken) ?? {}
  if (typeof exp !== 'number') return undefined
  // Its life, measured from when it came: the provider's clock may differ from this one.
  return typeof iat === 'number' && iat < exp ? auth.receivedAt + (exp - iat) * 1000 : exp * 1000
}

/** Whether the access token ends within so many milliseconds. */
export function endsWithin(auth: AuthResult, millis: number): boolean {
  const due = dueAt(auth)
  if (due === undefined) return configuredIfAny()?.tenure?.unknownExpiry === 'expired'
  return Date.now() + millis >= due || isBehind(auth.receivedAt)
}

/** The same sign-in with an access token that is over; for tests of an application. */
export function expired(auth: AuthResult, now: number): AuthResult {
  return { ...auth, expiresIn: 0, receivedAt: Math.min(auth.receivedAt, now) }
}
