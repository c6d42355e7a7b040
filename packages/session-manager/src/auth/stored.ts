import { claimsOf } from '../../../parts/jwt.js'
import { signedIn, type StoredSession, type StoredTokens } from '../../../parts/stored_session.js'
import type { Kept } from './kept.js'

/** What stands for a token that there is none of: the core knows no session without. */
export const NO_TOKEN = 'none'

/** What was found in storage, as the core reads it; what was known of it before stays. */
export function storedFrom(kept: Kept, generation: number, before?: StoredSession): StoredSession {
  const now = Date.now()
  const accessToken = kept.accessToken ?? NO_TOKEN
  const known = before?.tokens?.access_token === accessToken ? before.tokens : undefined
  const login = before?.login ?? { generation, at: now }
  const session = signedIn(generation, login, now, {
    ...(known ?? timesOf(kept.accessToken, now)),
    access_token: accessToken,
    token_type: 'Bearer',
    refresh_token: kept.refreshToken ?? NO_TOKEN,
  })
  if (known) session.tokens.issued = known.issued
  return session
}

/** The tokens that the core wants to be kept. */
export function keptFrom({ tokens }: StoredSession, before: Kept): Kept {
  const real = (token: string | undefined): string | null =>
    token === undefined || token === NO_TOKEN ? null : token
  return {
    ...before,
    accessToken: real(tokens?.access_token),
    refreshToken: real(tokens?.refresh_token),
  }
}

/** The life that a JWT speaks of, in seconds from when it was asked for; nothing for others. */
export function lifeOf(accessToken: string, isNew: boolean): number | undefined {
  const { exp, iat } = claimsOf(accessToken) ?? {}
  if (typeof exp !== 'number') return undefined
  // The clock of whoever made it may differ from ours; a token that is not new has aged.
  const begin = isNew && typeof iat === 'number' ? iat : Date.now() / 1000
  return Math.max(0, exp - begin)
}

function timesOf(
  accessToken: string | null,
  now: number,
): Pick<StoredTokens, 'obtained_at' | 'expires_at'> {
  if (accessToken === null) return { obtained_at: 0, expires_at: 0 }
  const { exp, iat } = claimsOf(accessToken) ?? {}
  const [begins, ends] = [millis(iat), millis(exp)]
  return { obtained_at: begins ?? now, ...(ends !== undefined && { expires_at: ends }) }
}

function millis(seconds: unknown): number | undefined {
  const whole = typeof seconds === 'number' ? Math.trunc(seconds * 1000) : Number.NaN
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined
}
