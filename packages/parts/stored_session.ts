// A stored session as a storage of one's own makes it: the JSON that `stored.ts` of the client reads.

/** The tokens of a stored session; times are milliseconds since the Unix epoch. */
export interface StoredTokens {
  access_token: string
  token_type: string
  obtained_at: number
  /** The generation that they came with. */
  issued: number
  expires_at?: number
  refresh_token?: string
  scope?: string
  subject?: string
}

/** A stored session: one with tokens, or the mark of a sign-out. */
export interface StoredSession {
  tenure: number
  generation: number
  /** Tells sign-ins apart. */
  login?: { generation: number; at: number }
  last_active?: number
  tokens?: StoredTokens
  signed_out?: { reason: string; at: number }
}

/** Somebody is signed in, by tokens that came with this generation. */
export function signedIn(
  generation: number,
  login: { generation: number; at: number },
  lastActive: number,
  given: Omit<StoredTokens, 'issued'>,
): StoredSession & { tokens: StoredTokens } {
  const tokens = { ...given, issued: generation }
  return { tenure: VERSION, generation, login, last_active: lastActive, tokens }
}

/** Somebody signed out, at this time. */
export function signedOut(generation: number, at: number): StoredSession {
  return { tenure: VERSION, generation, signed_out: { reason: 'user', at } }
}

/** That of a session that names neither issuer nor client. */
const VERSION = 1
