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
   * would undo the sign-out, so that is left to the person. Default: a button, "Sign in".
   */
  signedOut?: ReactNode
  /**
   * Shown when the session cannot be loaded, or the sign-in cannot begin or be finished; without it
   * the nearest error boundary gets the error. `again` signs in, which helps where the error says so.
   */
  failed?: (error: Error, again: () => void) => ReactNode
  /** For the sign-in. Default: by redirect, and back to the address of now. */
  signIn?: Omit<SignInOptions, 'signal'>
}

/** Shows its children to whoever is signed in and starts the sign-in for everybody else. */
export function Protected(props: ProtectedProps): ReactNode {
  const { children, fallback, failed } = props
  const { session, returned, again } = useNearest()
  const status = useSession(({ status }) => status)
  const byUser = useSession((seen) => seen.status === 'signed_out' && seen.reason === 'user')
  const [wasIn, setWasIn] = useState(false)
  const unloadable = useSession((seen) => seen.error) ?? null
  const [fault, setFault] = useState<Error | null>(null)
  const error = fault ?? unloadable ?? returned ?? null
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
        if (!signal.aborted) setFault(cause)
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
    if (fault) setFault(null)
    return children
  }
  if (error) {
    if (!failed) throw error
    return failed(error, () => {
      setFault(null)
      again()
      // Who is not known to be signed out is signed in only when asked to be.
      if (unloadable) session.signIn(props.signIn).catch(setFault)
    })
  }
  if (!(byUser && wasIn)) return fallback
  if (props.signedOut !== undefined) return props.signedOut
  const signIn = (): void => void session.signIn(props.signIn).catch(setFault)
  return (
    <button type="button" onClick={signIn}>
      Sign in
    </button>
  )
}
