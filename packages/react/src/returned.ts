import type { CallbackResult, Session } from '@tenure/client'
import { useEffect, useState } from 'react'

/**
 * What became of the answer that the page may have been opened with: why it came to nothing, `null`
 * where all is well, `undefined` until that is known.
 */
export type Returned = Error | null | undefined

/**
 * Finishes a sign-in when the person comes back, and goes on to where it was begun, unless a page
 * for callbacks does. Whoever is signed in is told nothing of an answer that is of no use.
 */
export function useReturned(
  session: Session,
  navigate: (to: string) => void = goTo,
): [Returned, () => void] {
  const [known, setKnown] = useState({ session, returned: first(session) })
  const returned = known.session === session ? known.returned : first(session)
  useEffect(() => {
    let over = false
    const put = (returned: Returned): void => {
      finishing.delete(session)
      looked.add(session)
      setKnown({ session, returned })
    }
    const failed = async (error: Error): Promise<void> => {
      await session.ready().catch(() => undefined)
      if (!over) put(isKnown(session) ? null : error)
    }
    const done = (result: CallbackResult | null): void => {
      if (over) return
      put(null)
      if (result?.returnTo && !pages.get(session)) navigate(result.returnTo)
    }
    finish(session).then(done, failed)
    const forget = session.on('signedIn', () =>
      setKnown((before) => (before.returned ? { session, returned: null } : before)),
    )
    return () => {
      over = true
      forget()
    }
    // Another way to navigate begins nothing anew.
  }, [session])
  return [returned, () => setKnown({ session, returned: null })]
}

/**
 * Finishes the sign-in that the address answers. The address is tidied meanwhile: whoever asks again
 * before the answer was taken means the same.
 */
export function finish(session: Session): Promise<CallbackResult | null> {
  const known = finishing.get(session)
  if (known) return known
  const begun = session.handleCallback()
  finishing.set(session, begun)
  return begun
}

/** The answer was taken. */
export function taken(session: Session): void {
  finishing.delete(session)
}

/** From now on a page for callbacks goes on by itself, until what is given back is called. */
export function claim(session: Session): () => void {
  const count = (more: number): void => void pages.set(session, (pages.get(session) ?? 0) + more)
  count(1)
  return () => count(-1)
}

/** Where somebody is known, or the page was looked at before, there is nothing to wait for. */
function first(session: Session): Returned {
  return looked.has(session) || isKnown(session) ? null : undefined
}

function isKnown(session: Session): boolean {
  return session.snapshot().status === 'signed_in'
}

/** Routers that live by the history look at it when they hear of this. */
function goTo(address: string): void {
  history.replaceState(null, '', address)
  dispatchEvent(new PopStateEvent('popstate', { state: null }))
}

const finishing = new WeakMap<Session, Promise<CallbackResult | null>>()
const looked = new WeakSet<Session>()
const pages = new WeakMap<Session, number>()
