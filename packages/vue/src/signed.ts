import type { Snapshot } from '@tenure/client'
import { defineComponent, type SlotsType } from 'vue'
import { useSession } from './use_session.js'

/** Shows its slot while somebody is signed in. */
export const SignedIn = showing('SignedIn', 'signed_in')

/** Shows its slot while nobody is signed in, and not before that is known. */
export const SignedOut = showing('SignedOut', 'signed_out')

function showing(name: string, when: Snapshot['status']) {
  return defineComponent({
    name,
    slots: Object as SlotsType<{ default: unknown }>,
    setup(_, { slots }) {
      const { status } = useSession()
      return () => (status.value === when ? slots.default?.({}) : null)
    },
  })
}
