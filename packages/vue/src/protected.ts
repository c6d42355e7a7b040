import type { SignInOptions } from '@tenure/client'
import {
  computed,
  defineComponent,
  h,
  onActivated,
  onDeactivated,
  shallowRef,
  watch,
  type PropType,
  type SlotsType,
} from 'vue'
import { useProvided } from './plugin.js'
import { onReturn } from './returned.js'
import { useSession } from './use_session.js'

/**
 * Shows its slot to whoever is signed in and starts the sign-in for everybody else. Slots:
 * `fallback` until it is known who is signed in and while the page leaves; `signedOut` when the
 * person signs out meanwhile, for signing in again by itself would undo that (default: a button,
 * "Sign in"); `failed` when the session cannot be loaded, or the sign-in cannot begin or be finished;
 * its `again` signs in, which helps where the error says so. Without the last one the error goes to
 * the nearest `onErrorCaptured`.
 */
export const Protected = defineComponent({
  name: 'Protected',
  props: {
    /** For the sign-in. Default: by redirect, and back to the address of now. */
    signIn: Object as PropType<Omit<SignInOptions, 'signal'>>,
  },
  slots: Object as SlotsType<{
    default: unknown
    fallback: unknown
    signedOut: unknown
    failed: { error: Error; again: () => void }
  }>,
  setup(props, { slots }) {
    const { session, snapshot, status, error: unloadable } = useSession()
    const { returned } = useProvided()
    const fault = shallowRef<Error | null>(null)
    const error = computed(() => fault.value ?? unloadable.value ?? returned.value)
    const forget = (): void => {
      fault.value = null
      if (returned.value) returned.value = null
    }
    const again = (): void => {
      forget()
      // Who is not known to be signed out is signed in only when asked to be.
      if (unloadable.value) session.signIn(props.signIn).catch((it: Error) => (fault.value = it))
    }
    const left = shallowRef(false)
    const here = shallowRef(true)
    onActivated(() => (here.value = true))
    onDeactivated(() => (here.value = false))
    // At once, so that it is known when the next watcher runs.
    watch(
      snapshot,
      (now, before) => {
        if (now.status === 'signed_in') forget()
        left.value =
          now.status === 'signed_out' && now.reason === 'user' && before.status === 'signed_in'
      },
      { flush: 'sync' },
    )
    const signsIn = computed(
      () => here.value && status.value === 'signed_out' && !left.value && !error.value,
    )
    const returns = shallowRef(0)
    watch(
      [signsIn, returns],
      ([now], _, onCleanup) => {
        if (!now) return
        const leaving = new AbortController()
        const { signal } = leaving
        onCleanup(() => leaving.abort())
        onReturn(signal, () => (returns.value += 1))
        session.signIn({ ...props.signIn, signal }).catch((cause: Error) => {
          if (!signal.aborted) fault.value = cause
        })
      },
      { immediate: true },
    )
    const button = {
      type: 'button',
      onClick: () =>
        void session.signIn(props.signIn).catch((cause: Error) => (fault.value = cause)),
    }
    return () => {
      if (status.value === 'signed_in') return slots.default?.({})
      if (error.value) {
        if (!slots.failed) throw error.value
        return slots.failed({ error: error.value, again })
      }
      if (!left.value) return slots.fallback?.({})
      return slots.signedOut ? slots.signedOut({}) : h('button', button, 'Sign in')
    }
  },
})
