import type { CallbackResult, Session } from '@tenure/client'
import { shallowRef, type ShallowRef } from 'vue'

/**
 * What became of the answer that the page may have been opened with: why it came to nothing, `null`
 * where all is well, `undefined` until that is known.
 */
export type Returned = Error | null | undefined

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
  const isKnown = (): boolean => session.snapshot().status === 'signed_in'
  const returned = shallowRef<Returned>(isKnown() ? null : undefined)
  followed.set(session, returned)
  // Nobody comes back to a server.
  if (typeof window === 'undefined') return returned
  const done = (result: CallbackResult | null): void => {
    // Before the way on, and not after it: a guard there may wait for this very session.
    returned.value = null
    if (result?.returnTo && !guarded.has(session)) navigate(result.returnTo)
  }
  const failed = async (error: Error): Promise<void> => {
    await session.ready().catch(() => undefined)
    returned.value = isKnown() ? null : error
  }
  void finish(session).then(done, failed)
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

const finishing = new WeakMap<Session, Promise<CallbackResult | null>>()
const followed = new WeakMap<Session, ShallowRef<Returned>>()
const guarded = new WeakSet<Session>()
