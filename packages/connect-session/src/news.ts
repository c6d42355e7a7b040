import type { StoredTokens } from '../../parts/stored_session.js'

/** A page was given tokens, in the place of those with the refresh token `replaces`. */
export interface Granted {
  tokens: StoredTokens
  details: Details
  replaces: string | null
}

/** What one page tells the others, in memory only; or that the session with that token is over. */
export type News = Granted | { ended: string }

/** What is known of an access token beyond what the core keeps. */
export interface Details {
  idToken: string | null
  email: string | null
  /** When the access token ends, in milliseconds since the Unix epoch. */
  endsAt: number
  /** Whether another page of this origin checked the ID token. */
  trusted?: boolean
}
