import type { Session, SignInOptions } from '@tenure/client'
import { finish, isGuarded, routeOf } from './answer.js'
import { onReturn } from './returned.js'

/** What the guard looks at; the routes of vue-router fit. */
export interface GuardedRoute {
  readonly fullPath: string
  readonly meta: Readonly<Record<string, unknown>>
}

export interface GuardOptions<R extends GuardedRoute> {
  /** Which routes are for everybody. Default: those with `meta: { public: true }`. */
  isPublic?: (to: R) => boolean
  /** What the history was made with, such as `import.meta.env.BASE_URL`. Default: `/`. */
  base?: string
  /** Where to go on when a sign-in failed. Default: the navigation fails with the error. */
  failed?: (error: Error, to: R) => string | boolean
  /** For the sign-in. Default: by redirect, and back to the route that was asked for. */
  signIn?: Omit<SignInOptions, 'signal' | 'returnTo'>
}

/**
 * A guard for `router.beforeEach`: finishes a sign-in that the page was opened with and goes on to
 * the route that was asked for before; starts a sign-in where a route is not for everybody. It
 * decides when routes change; `Protected` also when the session does. On a server it lets everybody
 * pass, for the components know nobody there.
 */
export function sessionGuard<R extends GuardedRoute>(
  session: Session,
  options: GuardOptions<R> = {},
): (to: R) => Promise<string | boolean> {
  const { isPublic = markedPublic, base = '', failed, signIn } = options
  const start = base.replace(/\/$/, '')
  isGuarded(session)
  let first = true
  let leaving: AbortController | undefined
  const guard = async (to: R): Promise<string | boolean> => {
    if (typeof window === 'undefined') return true
    leaving?.abort()
    const { signal } = (leaving = new AbortController())
    try {
      if (first) {
        first = false
        const back = await finish(session)
        if (back) return routeOf(back.returnTo, start)
      }
      if (isPublic(to) || (await session.ready()).status === 'signed_in') return true
      // Somebody went elsewhere meanwhile.
      if (signal.aborted) return false
      const again = new Promise<boolean>((resolve) => onReturn(signal, () => resolve(false)))
      const signed = session.signIn({ ...signIn, signal, returnTo: start + to.fullPath })
      return (await Promise.race([signed, again])) === false ? guard(to) : true
    } catch (cause) {
      if (signal.aborted) return false
      if (!failed) throw cause
      return failed(cause as Error, to)
    }
  }
  return guard
}

function markedPublic(to: GuardedRoute): boolean {
  return to.meta['public'] === true
}
