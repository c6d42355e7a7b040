import type { CallbackResult, Session } from '@tenure/client'
import { shallowRef, type ShallowRef } from 'vue'

/** What became of the answer that the page may have been opened with. */
export type Returned =
  { readonly status: 'pending' | 'done' } | { readonly status: 'failed'; readonly error: Error }

/**
 * Finishes a sign-in when the person comes back and goes on to where it was begun, unless the guard
 * of a router does; once for a session. Whoever is signed in is told nothing of an answer that is of
 * no use.
 */
export function followReturn(
  session: Session,
  navigate: (to: string) => unknown,
): ShallowRef<Returned> {
  const known = followed.get(session)
  if (known) return known
  const isKnown = session.snapshot().status === 'signed_in'
  const returned = shallowRef<Returned>(isKnown ? DONE : { status: 'pending' })
  followed.set(session, returned)
  // Nobody comes back to a server.
  if (typeof window === 'undefined') return returned
  const done = (result: CallbackResult | null): void => {
    try {
      // Not waited for: a guard on the way may wait for this very session.
      if (result?.returnTo && !guarded.has(session)) navigate(result.returnTo)
    } finally {
      returned.value = DONE
    }
  }
  const failed = async (error: Error): Promise<void> => {
    const { status } = await session.ready().catch(() => session.snapshot())
    returned.value = status === 'signed_in' ? DONE : { status: 'failed', error }
  }
  void finish(session).then(done, failed)
  session.on('signedIn', () => {
    if (returned.value.status === 'failed') returned.value = DONE
  })
  return returned
}

/**
 * Finishes the sign-in that the address answers. The address is tidied meanwhile: whoever asks again
 * before that is done means the same.
 */
export function finish(session: Session): Promise<CallbackResult | null> {
  const known = finishing.get(session)
  if (known) return known
  const begun = session.handleCallback().finally(() => finishing.delete(session))
  finishing.set(session, begun)
  return begun
}

/** A guard goes on by itself. */
export function isGuarded(session: Session): void {
  guarded.add(session)
}

/** The part of an address of this origin that belongs to a router below `base`. */
export function routeOf(address: string | null, base: string): string {
  // A router that lives in the fragment names its base with the query that was there at its start.
  if (base.includes('?')) return routeOf(`/${address?.replace(/^[^#]*/, '')}`, '/#')
  const start = base.replace(/\/$/, '')
  return address?.startsWith(`${start}/`) ? address.slice(start.length) : '/'
}

export const DONE: Returned = { status: 'done' }
const finishing = new WeakMap<Session, Promise<CallbackResult | null>>()
const followed = new WeakMap<Session, ShallowRef<Returned>>()
const guarded = new WeakSet<Session>()
