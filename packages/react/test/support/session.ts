import { createSession, type Session, type SessionOptions, type Tokens } from '@tenure/client'
import type { TestIssuer } from './issuer.js'

/** A real session in memory. */
export function memorySession(issuer: TestIssuer, more: Partial<SessionOptions> = {}): Session {
  return createSession({
    issuer: issuer.url,
    clientId: 'page',
    scope: 'offline_access',
    redirectUri: `${location.origin}/callback`,
    storage: 'memory',
    ...more,
  })
}

/** Tokens of a person. The ID token is not signed: whoever hands tokens in vouches for them. */
export function tokensOf(sub: string): Tokens {
  const part = (value: object): string => btoa(JSON.stringify(value)).replace(/=+$/, '')
  return {
    accessToken: `access of ${sub}`,
    refreshToken: `refresh of ${sub}`,
    idToken: `${part({ alg: 'none' })}.${part({ sub, name: sub })}.`,
    expiresIn: 3600,
  }
}

/** Refreshes, as after a 401. */
export async function refresh(session: Session): Promise<string> {
  return session.accessToken({ rejected: await session.accessToken() })
}

/** Counts who listens to a session, which stays as it is. */
export function listenersOf(session: Session): () => number {
  const { subscribe } = session
  let listeners = 0
  session.subscribe = (listener) => {
    const end = subscribe(listener)
    listeners += 1
    return () => {
      listeners -= 1
      end()
    }
  }
  return () => listeners
}

/** What became of the sign-ins of a page. */
export interface Departures {
  /** How often the page tried to leave. */
  readonly left: number
  /** Where the sign-ins that were begun come back to. */
  readonly returns: string[]
  /** The state of the first of them. */
  readonly state: string
}

/**
 * Watches the sign-ins by redirect. jsdom cannot leave a page and tells its console so; up to
 * there everything is real. A sign-in that was begun has its record in localStorage.
 */
export function departures(): Departures {
  let left = 0
  const { virtualConsole } = (globalThis as unknown as { jsdom: JSDOM }).jsdom
  virtualConsole.removeAllListeners('jsdomError')
  virtualConsole.on('jsdomError', ({ message }) => {
    if (message.includes('navigation')) left += 1
  })
  const records = (): [string, string][] =>
    Object.entries({ ...localStorage }).filter(([key]) => key.includes(':login:'))
  return {
    get left() {
      return left
    },
    get returns() {
      return records().map(([, record]) => String((JSON.parse(record) as string[]).at(-1)))
    },
    get state() {
      return records()[0]?.[0].split(':login:')[1] ?? ''
    },
  }
}

/** The part of jsdom that is used here. */
interface JSDOM {
  virtualConsole: {
    removeAllListeners(name: string): void
    on(name: 'jsdomError', listener: (error: Error) => void): void
  }
}
