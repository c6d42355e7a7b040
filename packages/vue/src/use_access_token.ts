import type { Identity, Session } from '@tenure/client'
import { shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useSession } from './use_session.js'

export interface AccessToken {
  /** The access token that is in use, or `null` where there is none. */
  readonly token: Readonly<ShallowRef<string | null>>
  /** Why there is none although somebody is signed in, or may be. A `SessionError` where it has a code. */
  readonly error: Readonly<ShallowRef<Error | null>>
  readonly loading: Readonly<ShallowRef<boolean>>
  /** Asks for one that is fresh at the time of the call. For requests this is the right one. */
  readonly getToken: Session['accessToken']
}

/**
 * The access token, and again after each refresh. A token of the person before is never there
 * together with the person of now.
 */
export function useAccessToken(): AccessToken {
  const { session, snapshot } = useSession()
  const token = shallowRef<string | null>(null)
  const error = shallowRef<Error | null>(null)
  const loading = shallowRef(true)
  let owner: { signedInAt: number; identity: Identity | null } | null = null
  const put = (newToken: string | null, newError: Error | null): void => {
    token.value = newToken
    error.value = newError
    loading.value = false
  }
  watch(
    snapshot,
    (now, _, onCleanup) => {
      let over = false
      onCleanup(() => (over = true))
      if (now.status !== 'signed_in') {
        put((owner = null), now.error ?? null)
        loading.value = now.status === 'loading'
        return
      }
      if (owner?.signedInAt !== now.signedInAt || owner.identity !== now.identity) {
        put(null, null)
        loading.value = true
      }
      owner = now
      session.accessToken().then(
        (fresh) => over || put(fresh, null),
        (cause: Error) => over || put(null, cause),
      )
    },
    { immediate: true, flush: 'sync' },
  )
  return {
    token: shallowReadonly(token),
    error: shallowReadonly(error),
    loading: shallowReadonly(loading),
    getToken: (options) => session.accessToken(options),
  }
}
