import type { SessionStorage } from './session_storage.js'

/** How the pages of one origin tell each other that a session changed. */
export type Peers = Required<Pick<SessionStorage, 'watch' | 'publish'>>

/** By BroadcastChannel and by the storage event, whichever is there. */
export function peers(key: string): Peers {
  let channel: BroadcastChannel | undefined
  return {
    watch(changed) {
      if (typeof window !== 'object') return () => undefined
      if (typeof BroadcastChannel === 'function') channel = new BroadcastChannel(key)
      channel?.addEventListener('message', changed)
      const stored = (event: StorageEvent): void => {
        if (event.key === key || event.key === null) changed()
      }
      window.addEventListener('storage', stored)
      return () => {
        channel?.close()
        channel = undefined
        window.removeEventListener('storage', stored)
      }
    },
    publish(generation) {
      channel?.postMessage(generation)
    },
  }
}
