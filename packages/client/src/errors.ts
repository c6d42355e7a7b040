import type { ErrorCode, SignedOutReason } from './types.js'

/** What a session rejects with. `code` is for programs, `message` for people. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: ErrorCode
  /** For `signed_out`: why. */
  readonly reason?: SignedOutReason
  /** For `unavailable`: milliseconds until asking again makes sense. */
  readonly retryAfter?: number
  /** More for programs: an OAuth `error`, the name of a claim fault, … */
  readonly detail?: string

  constructor(code: ErrorCode, message: string, more: Details = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    if (more.reason !== undefined) this.reason = more.reason
    if (more.retryAfter !== undefined) this.retryAfter = more.retryAfter
    if (more.detail !== undefined) this.detail = more.detail
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
