/** How the pages of one origin tell each other that a session changed. */
export interface Peers {
  watch(changed: () => void): () => void
  publish(generation: number): void
}

/** By BroadcastChannel and by the storage event, whichever is there. */
export function peers(key: string): Peers {
  const open = (): BroadcastChannel | null =>
    typeof BroadcastChannel === 'function' && typeof window === 'object'
      ? new BroadcastChannel(key)
      : null
  let channel: BroadcastChannel | null | undefined
  return {
    watch(changed) {
      channel ??= open()
      const own = channel
      own?.addEventListener('message', changed)
      const stored = (event: StorageEvent): void => {
        if (event.key === key || event.key === null) changed()
      }
      if (typeof window === 'object') window.addEventListener('storage', stored)
      return () => {
        own?.removeEventListener('message', changed)
        own?.close()
        if (channel === own) channel = undefined
        if (typeof window === 'object') window.removeEventListener('storage', stored)
      }
    },
    publish(generation) {
      channel ??= open()
      channel?.postMessage(generation)
    },
  }
}
