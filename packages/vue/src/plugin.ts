import type { Session } from '@tenure/client'
import { inject, type App, type InjectionKey, type ObjectPlugin, type ShallowRef } from 'vue'
import { followReturn, routeOf, type Returned } from './answer.js'

export interface TenureOptions {
  session: Session
  /**
   * Goes on to where a sign-in was begun, in place of the page that the person came back to.
   * Default: by the router of the application, or through the history.
   */
  navigate?: (to: string) => unknown
}

/**
 * Gives a session to an application: `app.use(tenure, { session })`. It finishes a sign-in when the
 * person comes back from the issuer; until that is done, the state is `loading`.
 */
export const tenure: ObjectPlugin<[TenureOptions]> = {
  install(app, { session, navigate = (to) => goOn(app, to) }) {
    app.provide(KEY, { session, returned: followReturn(session, navigate) })
  },
}

/** The same with the session at hand: `app.use(createTenure(session))`. */
export function createTenure(session: Session): ObjectPlugin<[]> {
  return { install: (app) => tenure.install(app, { session }) }
}

export interface Provided {
  readonly session: Session
  readonly returned: ShallowRef<Returned>
}

/** The session of this application. */
export function useProvided(): Provided {
  const provided = inject(KEY, null)
  if (provided) return provided
  throw new Error('this application has no session: app.use(tenure, { session })')
}

/** The part of vue-router that is used here. */
interface RouterLike {
  readonly options: { readonly history: { readonly base: string } }
  replace(to: string): unknown
}

function goOn(app: App, to: string): unknown {
  const router = app.config.globalProperties['$router'] as RouterLike | undefined
  if (router) return router.replace(routeOf(to, router.options.history.base))
  history.replaceState(null, '', to)
  return dispatchEvent(new PopStateEvent('popstate', { state: null }))
}

const KEY: InjectionKey<Provided> = Symbol('tenure')
