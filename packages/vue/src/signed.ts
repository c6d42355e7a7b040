import type { Snapshot } from '@tenure/client'
import { defineComponent, type SlotsType } from 'vue'
import { useSession } from './use_session.js'

/** Shows its slot while somebody is signed in. */
export const SignedIn = showing('SignedIn', (seen) => seen.status === 'signed_in')

/**
 * Shows its slot while nobody is signed in, and not before that is known; also where the session
 * cannot be loaded and signing in helps.
 */
export const SignedOut = showing(
  'SignedOut',
  (seen) => seen.status === 'signed_out' || (seen.status === 'failed' && seen.signInHelps),
)

function showing(name: string, when: (seen: Snapshot) => boolean) {
  return defineComponent({
    name,
    slots: Object as SlotsType<{ default: unknown }>,
    setup(_, { slots }) {
      const { snapshot } = useSession()
      return () => (when(snapshot.value) ? slots.default?.({}) : null)
    },
  })
}
