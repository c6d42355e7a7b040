import type { Identity, Session, Snapshot } from '@tenure/client'
import { useCallback, useEffect, useState } from 'react'
import { useNearest } from './provider.js'
import { useSession } from './use_session.js'

export interface AccessToken {
  /** The access token that is in use, or `null` where there is none. */
  readonly token: string | null
  /** Why there is none although somebody is signed in, or may be. A `SessionError` where it has a code. */
  readonly error: Error | null
  readonly loading: boolean
  /** Asks for one that is fresh at the time of the call. For requests this is the right one. */
  readonly getToken: Session['accessToken']
}

/**
 * The access token, and again after each refresh. It never asks for a token while rendering, and
 * a token of the person before is never shown beside the person of now.
 */
export function useAccessToken(): AccessToken {
  const { session } = useNearest()
  const snapshot = useSession(signedIn)
  const [got, setGot] = useState<Got>()
  useEffect(() => {
    if (!snapshot) return
    let over = false
    const put = (token: string | null, error: Error | null): void => {
      const { signedInAt, identity } = snapshot
      if (!over) setGot({ session, signedInAt, identity, token, error })
    }
    session.accessToken().then(
      (token) => put(token, null),
      (error: Error) => put(null, error),
    )
    return () => {
      over = true
    }
  }, [session, snapshot])
  const status = useSession(({ status }) => status)
  const unloadable = useSession(({ error }) => error)
  const own = snapshot && got && isOf(got, session, snapshot) ? got : null
  return {
    token: own?.token ?? null,
    error: own?.error ?? unloadable ?? null,
    loading: status === 'loading' || (snapshot !== null && own === null),
    getToken: useCallback((options) => session.accessToken(options), [session]),
  }
}

type SignedIn = Extract<Snapshot, { status: 'signed_in' }>

/** What came of asking, and for whom. */
interface Got {
  session: Session
  signedInAt: number
  identity: Identity | null
  token: string | null
  error: Error | null
}

function isOf(got: Got, session: Session, { signedInAt, identity }: SignedIn): boolean {
  return got.session === session && got.signedInAt === signedInAt && got.identity === identity
}

function signedIn(snapshot: Snapshot): SignedIn | null {
  return snapshot.status === 'signed_in' ? snapshot : null
}
