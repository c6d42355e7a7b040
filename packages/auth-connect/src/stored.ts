// The stored form of a session, as `@tenure/client` and the crate `tenure-wire` write it.

import { dueAt } from './expiry.js'
import type { AuthResult } from './types.js'

/** The tokens of a stored session; `null` where somebody signed out. */
export interface StoredTokens {
  access_token: string
  token_type: string
  obtained_at: number
  expires_at?: number
  refresh_token?: string
  scope?: string
}

/** A result in the stored form. */
export function storedFrom(auth: AuthResult, generation: number): string {
  const at = Math.trunc(auth.receivedAt)
  const due = auth.accessToken === undefined ? at : dueAt(auth)
  return JSON.stringify({
    tenure: 1,
    generation,
    // The same for all results of one sign-in: it tells sign-ins apart.
    login: { generation: 1, at: 0 },
    last_active: at,
    tokens: {
      access_token: auth.accessToken ?? NONE,
      token_type: auth.tokenType,
      obtained_at: at,
      issued: generation,
      ...(due !== undefined && { expires_at: Math.trunc(due) }),
      ...(auth.refreshToken !== undefined && { refresh_token: auth.refreshToken }),
      ...(auth.scope !== undefined && { scope: auth.scope }),
    },
  })
}

export function tokensOf(stored: string): StoredTokens | null {
  return (JSON.parse(stored) as { tokens?: StoredTokens }).tokens ?? null
}

export function generationOf(stored: string): number {
  return (JSON.parse(stored) as { generation: number }).generation
}

/** Stands for an access token that nobody had; it is over from the beginning. */
const NONE = '-'
