/** When an access token came, is due and ends, in milliseconds since the Unix epoch. */
export interface TokenTimes {
  readonly obtainedAt: number
  /** `null` where the issuer did not say when it ends. */
  readonly dueAt: number | null
  readonly expiresAt: number | null
}

/** Whether a token may be handed out without asking the core, by what the core said of it. */
export function isFresh({ obtainedAt, dueAt, expiresAt }: TokenTimes): boolean {
  if (dueAt === null || expiresAt === null) return true
  return Date.now() < dueAt && !isBehind(obtainedAt, expiresAt - dueAt)
}

/**
 * Whether the clock was set back behind a token's beginning, by more than a margin: then it says
 * nothing about the token's age.
 */
export function isBehind(obtainedAt: number, margin = 60_000): boolean {
  return Date.now() + margin < obtainedAt
}
