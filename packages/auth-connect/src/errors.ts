import { SessionError } from '@tenure/client'

/**
 * What `AuthConnect` rejects with. `code` is for programs, `error` and `errorMessage` are what the
 * provider said, where it said something.
 */
export class AuthConnectError extends Error {
  override readonly name = 'AuthConnectError'
  readonly code: string
  readonly error: string
  readonly errorMessage: string
  /** Whether the session is still good and asking again can help. */
  readonly temporary: boolean

  constructor(code: string, message: string, more: Details = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.error = more.error ?? code
    this.errorMessage = more.errorMessage ?? message
    this.temporary = more.temporary ?? false
  }
}

interface Details {
  error?: string
  errorMessage?: string
  temporary?: boolean
  cause?: unknown
}

/** The same error in this package's form. */
export function asError(cause: unknown): AuthConnectError {
  if (cause instanceof AuthConnectError) return cause
  if (cause instanceof SessionError) {
    const { code, message, temporary } = cause
    const refused = cause.reason === 'refused' ? 'invalid_grant' : cause.detail
    return new AuthConnectError(code, message, {
      temporary,
      cause,
      ...(refused === undefined ? {} : { error: refused }),
    })
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  return new AuthConnectError('failed', message, { cause })
}

export function misconfigured(message: string): AuthConnectError {
  return new AuthConnectError('misconfigured', message)
}
