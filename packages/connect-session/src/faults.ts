import { SessionError } from '@tenure/client'

/** A definite no: only signing in again helps. Its message is what the console shows. */
export class Refused extends Error {}

/** Nothing definite: asking again may help, and nobody is signed out by it. */
export class Outage extends Error {}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Writes to the console what went wrong with a session. */
export function complain(message: string): void {
  console.error('Reapit Connect Error:', message)
}

/** Asks again after an outage, `most` times. */
export async function persist<T>(most: number, ask: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask()
    } catch (cause) {
      const pause = pauseAfter(cause, failures)
      if (pause === null || failures >= most) throw cause
      await new Promise((resume) => setTimeout(resume, pause))
    }
  }
}

/** Milliseconds until asking again makes sense; `null` where it does not. */
function pauseAfter(cause: unknown, failures: number): number | null {
  if (cause instanceof Outage) return 500 * 3 ** failures
  if (!(cause instanceof SessionError) || cause.code !== 'unavailable') return null
  const wait = cause.retryAfter ?? 1000
  return wait <= LONGEST_PAUSE ? wait : null
}

export const NO_ADDRESS =
  'connectOAuthUrl is no address: write the one of the issuer, such as https://…'
export const NOT_FETCHED = 'Error fetching session from Reapit Connect'
export const NOT_VERIFIED = 'Login identity was not verified'
const LONGEST_PAUSE = 5_000
