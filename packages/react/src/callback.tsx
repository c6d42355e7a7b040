import type { CallbackResult } from '@tenure/client'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useNearest } from './provider.js'
import { claim, finish, taken } from './returned.js'

export type CallbackState =
  | { readonly status: 'pending' }
  | { readonly status: 'done'; readonly result: CallbackResult }
  | { readonly status: 'failed'; readonly error: Error }

/**
 * Finishes the sign-in on the page that the issuer sends people back to, once, however often it is
 * mounted. An address that is no callback is done at once, with nowhere to return to.
 */
export function useCallbackResult(): CallbackState {
  const { session } = useNearest()
  const [state, setState] = useState<CallbackState>(PENDING)
  useEffect(() => {
    let over = false
    const release = claim(session)
    const put = (next: CallbackState): void => {
      if (over) return
      taken(session)
      setState(next)
    }
    finish(session).then(
      (result) =>
        put({ status: 'done', result: result ?? { returnTo: null, identity: session.identity } }),
      (error: Error) => put({ status: 'failed', error }),
    )
    return () => {
      over = true
      release()
    }
  }, [session])
  return state
}

export interface CallbackProps {
  /** Called once; the place to go on to `returnTo` with the router of the application. */
  onDone: (result: CallbackResult) => void
  /** Shown until then. */
  children?: ReactNode
  /** Shown when the sign-in failed; without it the nearest error boundary gets the error. */
  failed?: (error: Error) => ReactNode
}

/** `useCallbackResult` as a component. */
export function Callback({ onDone, children, failed }: CallbackProps): ReactNode {
  const state = useCallbackResult()
  const told = useRef<CallbackState>(PENDING)
  useEffect(() => {
    if (state.status !== 'done' || told.current === state) return
    told.current = state
    onDone(state.result)
  })
  if (state.status !== 'failed') return children
  if (!failed) throw state.error
  return failed(state.error)
}

const PENDING: CallbackState = { status: 'pending' }
