import { signedIn, type StoredSession, type StoredTokens } from '../../parts/stored_session.js'
import { dueAt } from './expiry.js'
import type { AuthResult } from './types.js'

/** A result in the stored form. */
export function storedFrom(auth: AuthResult, generation: number): string {
  const at = Math.trunc(auth.receivedAt)
  const due = auth.accessToken === undefined ? at : dueAt(auth)
  const tokens = {
    access_token: auth.accessToken ?? NONE,
    token_type: auth.tokenType,
    obtained_at: at,
    ...(due !== undefined && { expires_at: Math.trunc(due) }),
    ...(auth.refreshToken !== undefined && { refresh_token: auth.refreshToken }),
    ...(auth.scope !== undefined && { scope: auth.scope }),
  }
  // The same sign-in for all results of one.
  return JSON.stringify(signedIn(generation, { generation: 1, at: 0 }, at, tokens))
}

/** `null` where somebody signed out. */
export function tokensOf(stored: string): StoredTokens | null {
  return (JSON.parse(stored) as StoredSession).tokens ?? null
}

export function generationOf(stored: string): number {
  return (JSON.parse(stored) as StoredSession).generation
}

/** Stands for an access token that nobody had; it is over from the beginning. */
const NONE = '-'
