import type { ErrorCode, SignedOutReason } from './error_code.js'

/** What a session rejects with. `code` is for programs, `message` for people. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: ErrorCode
  /** For `signed_out`: why. */
  declare readonly reason?: SignedOutReason
  /** For `unavailable`: milliseconds until asking again makes sense. */
  declare readonly retryAfter?: number
  /** More for programs: an OAuth `error`, the name of a claim fault, … */
  declare readonly detail?: string

  constructor(code: ErrorCode, message: string, { cause, ...more }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    Object.assign(this, more)
  }

  /** Whether the session is still there and asking again can help. */
  get temporary(): boolean {
    return this.code === 'unavailable' || this.code === 'storage'
  }
}

interface Details {
  reason?: SignedOutReason
  retryAfter?: number
  detail?: string
  cause?: unknown
}

/**
 * The error that a cause of the core is: `signed_out, reason`, `unavailable, outage, millis`, …
 * Whose session it is that is stored follows `signed_out, foreign`.
 * For `storage`, `cause` is what the storage threw.
 */
export function errorOf(
  [kind = '', detail = '', more = '', client = '']: readonly string[],
  cause?: unknown,
): SessionError {
  const code = kind as keyof typeof CAUSES
  const message = CAUSES[code]
  switch (code) {
    case 'signed_out': {
      const whose =
        more && `: what is stored belongs to ${more}, client ${client}; sign in to replace it`
      const reason = detail as SignedOutReason
      return new SessionError(code, `${message} (${detail})${whose}`, { reason })
    }
    case 'unavailable':
      return new SessionError(code, `${message} (${detail})`, {
        detail,
        retryAfter: Number(more),
      })
    case 'storage':
    case 'storage_damaged':
    case 'storage_newer': {
      const said = [detail, cause instanceof Error && cause.message].filter(Boolean).join(': ')
      return new SessionError(code, said ? `${message} (${said})` : message, { detail, cause })
    }
    default:
      return new SessionError(code, message)
  }
}

const CAUSES = {
  signed_out: 'nobody is signed in',
  unavailable: 'the issuer cannot be used now: the session stays, ask again later',
  storage: 'the storage is blocked, full or out of order',
  storage_damaged: 'the stored session is damaged: sign in again, which keeps it aside',
  storage_newer:
    'the stored session was written by a newer version: reload, or update this program',
  misconfigured: 'the issuer does not accept this client or its request: check its registration',
}
