export type AuthErrorCode =
  | 'EXPIRED'
  | 'INVALID'
  | 'REFRESH_FAILED'
  | 'NETWORK'
  | 'DECRYPT_FAILED'
  | 'NO_SESSION_ID'
  | 'SESSION_EXPIRED'

/** What sessions and requests with tokens reject with. `cause` says more. */
export class AuthError extends Error {
  override readonly name = 'AuthError'

  constructor(
    message: string,
    readonly code: AuthErrorCode,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }

  /** Whether the session is still there and asking again can help. */
  get temporary(): boolean {
    return isTemporary(this.cause)
  }
}

/** Whether an error says of itself that it may pass. */
export function isTemporary(cause: unknown): boolean {
  return (cause as { temporary?: unknown } | null | undefined)?.temporary === true
}
