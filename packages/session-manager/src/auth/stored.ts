import { claimsOf } from '../../../parts/jwt.js'
import type { Kept } from './kept.js'

/** A stored session, in the form of `@tenure/client`. */
export interface Stored {
  tenure: number
  generation: number
  login?: Login
  last_active?: number
  tokens?: TokenSet
  signed_out?: { reason: string; at: number }
}

export interface Login {
  generation: number
  at: number
}

interface TokenSet {
  access_token: string
  token_type: string
  obtained_at: number
  issued: number
  expires_at?: number
  refresh_token?: string
}

/** What stands for a token that there is none of: the core knows no session without. */
export const NO_TOKEN = 'none'

/** What was found in storage, as the core reads it; what was known of it before stays. */
export function storedFrom(kept: Kept, generation: number, before?: Stored): Stored {
  const now = Date.now()
  const accessToken = kept.accessToken ?? NO_TOKEN
  const known = before?.tokens?.access_token === accessToken ? before.tokens : undefined
  const times = known ?? { ...timesOf(kept.accessToken, now), issued: generation }
  const tokens = {
    ...times,
    access_token: accessToken,
    token_type: 'Bearer',
    refresh_token: kept.refreshToken ?? NO_TOKEN,
  }
  const login = before?.login ?? { generation, at: now }
  return { tenure: 1, generation, login, last_active: now, tokens }
}

/** What is left of a session that somebody else ended. */
export function endedMark(generation: number): Stored {
  return { tenure: 1, generation, signed_out: { reason: 'user', at: Date.now() } }
}

/** The tokens that the core wants to be kept. */
export function keptFrom({ tokens }: Stored, before: Kept): Kept {
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
): Pick<TokenSet, 'obtained_at' | 'expires_at'> {
  if (accessToken === null) return { obtained_at: 0, expires_at: 0 }
  const { exp, iat } = claimsOf(accessToken) ?? {}
  const [begins, ends] = [millis(iat), millis(exp)]
  return { obtained_at: begins ?? now, ...(ends !== undefined && { expires_at: ends }) }
}

function millis(seconds: unknown): number | undefined {
  const whole = typeof seconds === 'number' ? Math.trunc(seconds * 1000) : Number.NaN
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined
}
