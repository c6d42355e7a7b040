import { afterEach, vi } from 'vitest'

import { createSession, SessionError, type Session, type SessionOptions } from '../../src/index.js'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** A session that is closed when the test ends. */
export function open(issuer: string, options: Partial<SessionOptions> = {}): Session {
  const session = createSession({ issuer, clientId: 'cards', renewal: 'on_demand', ...options })
  opened.push(session)
  return session
}

/** A session of a person whose access token is over. */
export async function expired(
  issuer: string,
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  const session = open(issuer, options)
  await session.adopt({ accessToken: 'at-old', refreshToken: 'rt-old', expiresIn: 0 })
  return session
}

/** What a promise rejects with; fails where it does not. */
export async function rejection(promise: Promise<unknown>): Promise<SessionError> {
  const found = await promise.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (found instanceof SessionError) return found
  throw new Error(`no SessionError: ${String(found)}`)
}

afterEach(() => {
  for (const session of opened.splice(0)) session.close()
})

const opened: Session[] = []
