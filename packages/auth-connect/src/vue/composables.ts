import { shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import type { NavigationGuardReturn, RouteLocationNormalized, RouteLocationRaw } from 'vue-router'
import {
  createAuthentication,
  type Authentication,
  type AuthenticationOptions,
} from '../ready/authentication.js'
import {
  createInterceptors,
  type InterceptedClient,
  type InterceptorOptions,
} from '../ready/interceptors.js'
import type { AuthResult } from '../types.js'

/** The composables of one application. They work in components, in guards and anywhere else. */
export interface AuthenticationComposables {
  readonly authentication: Authentication
  useAuthentication(): VueAuthentication
  useSession(): VueSession
  /** Adds the access token to a client's requests, and ends the session when it is refused. */
  useBackendAPI<C extends InterceptedClient>(client: C, options?: InterceptorOptions): { client: C }
  /** For `router.beforeEach`: routes with `meta.requiresAuth` are for people who are signed in. */
  authGuard(
    start: RouteLocationRaw,
  ): (to: Pick<RouteLocationNormalized, 'matched'>) => Promise<NavigationGuardReturn>
}

export interface VueAuthentication {
  /** To wait for before the application is made. */
  initializeAuthentication(): Promise<void>
  login(): Promise<void>
  logout(): Promise<void>
  isAuthenticated(): Promise<boolean>
  getAccessToken(): Promise<string | undefined>
  handleAuthCallback(address?: string | URL): Promise<void>
}

export interface VueSession {
  /** The session as it is now, for templates. */
  readonly session: Readonly<ShallowRef<AuthResult | null>>
  clearSession(): Promise<void>
  getSession(): Promise<AuthResult | null>
  setSession(session: AuthResult | null): Promise<void>
}

/** Makes the composables, once for an application. */
export function createComposables(options: AuthenticationOptions): AuthenticationComposables {
  const authentication = createAuthentication(options)
  const { store, setup: initializeAuthentication, ...rest } = authentication
  const { login, logout, isAuthenticated, getAccessToken, handleAuthCallback } = rest
  const session = shallowRef(store.getSnapshot())
  store.subscribe(() => (session.value = store.getSnapshot()))
  return {
    authentication,
    useAuthentication: () => ({
      initializeAuthentication,
      login,
      logout,
      isAuthenticated,
      getAccessToken,
      handleAuthCallback,
    }),
    useSession: () => ({
      session: shallowReadonly(session),
      clearSession: () => store.setSession(null),
      async getSession() {
        await store.initialize()
        return store.getSnapshot()
      },
      setSession: store.setSession,
    }),
    useBackendAPI: (client, how) => ({
      client: createInterceptors(authentication, how).attachTo(client),
    }),
    authGuard: (start) => async (to) => {
      const isPrivate = to.matched.some(({ meta }) => meta['requiresAuth'])
      return isPrivate && !(await isAuthenticated()) ? start : true
    },
  }
}
