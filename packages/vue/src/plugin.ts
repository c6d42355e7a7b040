import type { Session } from '@tenure/client'
import { inject, type InjectionKey, type ObjectPlugin } from 'vue'

/** Gives a session to an application: `app.use(tenure, { session })`. */
export const tenure: ObjectPlugin<[{ session: Session }]> = {
  install(app, { session }) {
    app.provide(KEY, session)
  },
}

/** The same with the session at hand: `app.use(createTenure(session))`. */
export function createTenure(session: Session): ObjectPlugin<[]> {
  return { install: (app) => tenure.install(app, { session }) }
}

/** The session of this application. */
export function useProvided(): Session {
  const session = inject(KEY, null)
  if (session) return session
  throw new Error('this application has no session: app.use(tenure, { session })')
}

const KEY: InjectionKey<Session> = Symbol('tenure')
