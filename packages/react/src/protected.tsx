import type { SignInOptions } from '@tenure/client'
import { useEffect, useState, type ReactNode } from 'react'
import { useNearest } from './provider.js'
import { useSession } from './use_session.js'

export interface ProtectedProps {
  children?: ReactNode
  /** Shown until it is known who is signed in, and while the page leaves. */
  fallback?: ReactNode
  /**
   * Shown when the person signs out while the children are there. Signing in again by itself
   * would undo the sign-out, so that is left to the person. Default: `fallback`.
   */
  signedOut?: ReactNode
  /**
   * Shown when the session cannot be loaded or the sign-in cannot begin; without it the nearest
   * error boundary gets the error. `again` signs in, which helps where the error says so.
   */
  failed?: (error: Error, again: () => void) => ReactNode
  /** For the sign-in. Default: by redirect, and back to the address of now. */
  signIn?: Omit<SignInOptions, 'signal'>
}

/** Shows its children to whoever is signed in and starts the sign-in for everybody else. */
export function Protected(props: ProtectedProps): ReactNode {
  const { children, fallback, signedOut = fallback, failed } = props
  const session = useNearest()
  const status = useSession(({ status }) => status)
  const byUser = useSession((seen) => seen.status === 'signed_out' && seen.reason === 'user')
  const [wasIn, setWasIn] = useState(false)
  const unloadable = useSession((seen) => seen.error) ?? null
  const [failure, setError] = useState<Error | null>(null)
  const error = failure ?? unloadable
  const [returns, setReturns] = useState(0)
  const signsIn = status === 'signed_out' && !(byUser && wasIn) && error === null
  useEffect(() => {
    if (!signsIn) return
    const leaving = new AbortController()
    const { signal } = leaving
    // StrictMode runs this twice at once: the first one has not begun when it ends.
    queueMicrotask(() => {
      if (signal.aborted) return
      session.signIn({ ...props.signIn, signal }).catch((cause: Error) => {
        if (!signal.aborted) setError(cause)
      })
    })
    // Whoever goes back from the issuer finds this page as it was left: waiting.
    const back = (event: PageTransitionEvent): void => {
      if (event.persisted) setReturns((before) => before + 1)
    }
    addEventListener('pageshow', back)
    return () => {
      removeEventListener('pageshow', back)
      leaving.abort()
    }
  }, [session, signsIn, returns])
  if (status === 'signed_in') {
    if (!wasIn) setWasIn(true)
    if (failure) setError(null)
    return children
  }
  if (error) {
    if (!failed) throw error
    const again = (): void => {
      setError(null)
      // Who is not known to be signed out is signed in only when asked to be.
      if (unloadable) session.signIn(props.signIn).catch(setError)
    }
    return failed(error, again)
  }
  return byUser && wasIn ? signedOut : fallback
}
