import { SessionError } from './errors.js'
import type { SignedOutReason } from './types.js'

/** The error that a cause of the core is: `signed_out, reason`, `unavailable, outage, millis`, … */
export function errorOf([kind = '', detail = '', millis = '']: readonly string[]): SessionError {
  switch (kind) {
    case 'signed_out':
      return new SessionError('signed_out', SIGNED_OUT[detail as SignedOutReason], {
        reason: detail as SignedOutReason,
      })
    case 'unavailable':
      return new SessionError('unavailable', `the issuer cannot be used now: ${detail}`, {
        retryAfter: Number(millis),
        detail,
      })
    case 'storage':
      return new SessionError('storage', STORAGE[detail] ?? 'the storage failed', { detail })
    default:
      return new SessionError(
        'misconfigured',
        'the issuer does not accept this client or its request: check its registration',
      )
  }
}

const SIGNED_OUT: Record<SignedOutReason, string> = {
  never_signed_in: 'nobody is signed in',
  user: 'signed out',
  refused: 'the issuer ended the session',
  expired: 'the access token expired and there is no refresh token',
  idle: 'signed out after a time without activity',
  absolute_limit: 'the session reached its longest life',
  refresh_failed: 'a refresh failed',
}

const STORAGE: Record<string, string> = {
  read: 'the session cannot be read from storage',
  unreadable: 'what is stored is damaged or of a newer version; it was left as it is',
  write: 'the session cannot be written to storage: it may be full or blocked',
}
