/** `code` is for programs, `message` for people, `cause` for whoever looks into it. */
export type ErrorCode =
  | 'signed_out'
  | 'unavailable'
  | 'storage'
  | 'storage_damaged'
  | 'storage_newer'
  | 'misconfigured'
  | 'state_missing'
  | 'state_expired'
  | 'state_mismatch'
  | 'state_already_used'
  | 'refused'
  | 'invalid_id_token'
  | 'invalid_callback'
  | 'redirect_loop'
  | 'popup_blocked'
  | 'popup_closed'
  | 'insecure_context'
  | 'foreign_origin'
  | 'closed'

/** Why nobody is signed in. */
export type SignedOutReason =
  | 'never_signed_in'
  | 'user'
  | 'refused'
  | 'expired'
  | 'idle'
  | 'absolute_limit'
  | 'refresh_failed'
  /** What is stored is a session of another issuer or client. It is left alone. */
  | 'foreign'
