// Code as users write it against the published types; what must not compile says so.
import {
  createSession,
  generationOf,
  SessionError,
  webLock,
  type CallbackResult,
  type ErrorCode,
  type Identity,
  type Session,
  type SessionStorage,
  type SignedOutReason,
  type Snapshot,
  type TextStorage,
} from '@tenure/client'

class Row implements SessionStorage {
  #row: { generation: number; text: string } = { generation: 0, text: '' }
  readonly lock = webLock('shop')
  async load(): Promise<string | null> {
    return this.#row.generation === 0 ? null : this.#row.text
  }
  async save(replaces: number, text: string): Promise<boolean> {
    if (this.#row.generation !== replaces) return false
    this.#row = { generation: generationOf(text) ?? 0, text }
    return true
  }
}

class Kept implements TextStorage {
  readonly #held = new Map<string, string>()
  get(key: string): string | undefined {
    return this.#held.get(key)
  }
  async set(key: string, value: string): Promise<void> {
    this.#held.set(key, value)
  }
  remove(key: string): void {
    this.#held.delete(key)
  }
}

const session: Session = createSession({ issuer: 'https://id.example.com', clientId: 'shop' })

createSession({ issuer: 'https://id.example.com', clientId: 'shop', storage: 'indexedDB' })
createSession({ issuer: 'https://id.example.com', clientId: 'shop', storage: window.localStorage })
createSession({ issuer: 'https://id.example.com', clientId: 'shop', storage: new Kept() })
createSession({ issuer: 'https://id.example.com', clientId: 'shop', storage: new Row() })
// @ts-expect-error a client id is needed
createSession({ issuer: 'https://id.example.com' })
// @ts-expect-error there is no such storage
createSession({ issuer: 'https://id.example.com', clientId: 'shop', storage: 'webSQL' })

export async function calls(): Promise<void> {
  const token: string = await session.accessToken()
  await session.accessToken({ rejected: token, signal: AbortSignal.timeout(1000) })
  const response: Response = await session.fetch('/api/orders', { method: 'POST' })
  const back: CallbackResult | null = await session.handleCallback()
  const returnTo: string | null | undefined = back?.returnTo
  await session.signIn({ mode: 'popup', parameters: { audience: 'shop' } })
  await session.signOut({ everywhere: true, returnTo: returnTo ?? '/' })
  await session.adopt({ accessToken: token, expiresIn: 60 })
  // @ts-expect-error there are two modes
  await session.signIn({ mode: 'iframe' })
  void response
}

export function show(snapshot: Snapshot): string {
  switch (snapshot.status) {
    case 'loading':
      return 'one moment'
    case 'failed': {
      const helps: boolean = snapshot.signInHelps
      return `${snapshot.error.code} ${helps}`
    }
    case 'signed_out': {
      const reason: SignedOutReason = snapshot.reason
      return reason
    }
    case 'signed_in': {
      const identity: Identity | null = snapshot.identity
      const until: number | null = snapshot.expiresAt
      return `${identity?.name ?? identity?.sub} ${until}`
    }
  }
}

export function listen(): () => void {
  const ends = [
    session.subscribe(() => show(session.snapshot())),
    session.on('signedOut', ({ reason }) => reason satisfies SignedOutReason),
    session.on('failed', ({ error }) => error.code satisfies ErrorCode),
    session.on('refreshFailed', ({ error }) => error.retryAfter satisfies number | undefined),
    // @ts-expect-error nothing of that name happens
    session.on('signedoff', () => undefined),
  ]
  return () => ends.forEach((end) => end())
}

export function explain(cause: unknown): ErrorCode | null {
  return cause instanceof SessionError ? cause.code : null
}

// @ts-expect-error a snapshot cannot be written
session.snapshot().status = 'signed_in'
