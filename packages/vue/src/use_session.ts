import type { Identity, Session, SessionError, Snapshot } from '@tenure/client'
import {
  computed,
  getCurrentInstance,
  inject,
  onMounted,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  ssrContextKey,
  watch,
  type ComputedRef,
  type ShallowRef,
} from 'vue'
import { useProvided } from './plugin.js'

/** The session and what is known of it, each part for itself. */
export interface SessionState {
  readonly session: Session
  /** All that is known now. Changes with every refresh. */
  readonly snapshot: Readonly<ShallowRef<Snapshot>>
  readonly status: ComputedRef<Snapshot['status']>
  /** Who is signed in, or `null`. */
  readonly identity: ComputedRef<Identity | null>
  /** Why the session cannot be loaded, or `null`. */
  readonly error: ComputedRef<SessionError | null>
}

/** The session and what is known of it, for as long as the scope lives. */
export function useSession(): SessionState {
  const { session, returned } = useProvided()
  const instance = getCurrentInstance()
  const onServer = inject(ssrContextKey, null) !== null
  // A server knows nobody, so whatever takes its HTML over begins with the same.
  const takesOver = !onServer && !!instance?.vnode.el
  // Who is there is not known before the answer that the page was opened with is.
  const known = (): Snapshot => (returned.value === undefined ? LOADING : session.snapshot())
  const snapshot = shallowRef(onServer || takesOver ? LOADING : known())
  let end: (() => void) | undefined
  const follow = (): void => {
    const update = (): void => void (snapshot.value = known())
    const ends = [session.subscribe(update), watch(returned, update, { flush: 'sync' })]
    end = () => ends.forEach((end) => end())
    update()
  }
  if (takesOver) onMounted(follow)
  else if (!onServer) follow()
  onScopeDispose(() => end?.(), true)
  return {
    session,
    snapshot: shallowReadonly(snapshot),
    status: computed(() => snapshot.value.status),
    error: computed(() => snapshot.value.error ?? null),
    identity: computed(() =>
      snapshot.value.status === 'signed_in' ? snapshot.value.identity : null,
    ),
  }
}

const LOADING: Snapshot = Object.freeze({ status: 'loading' })
