/** Listeners by the name of what happens. One that throws does not keep the others from it. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>()

  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void {
    const all = this.#listeners.get(name) ?? new Set()
    // Whoever listens twice is told twice, and ends each by itself.
    const own = (event: Events[K]): void => listener(event)
    this.#listeners.set(name, all.add(own))
    return () => void all.delete(own)
  }

  /** Tells whether anybody listens. */
  emit<K extends keyof Events>(name: K, event: Events[K]): boolean {
    const all = [...(this.#listeners.get(name) ?? [])]
    for (const listener of all) {
      try {
        ;(listener as (event: Events[K]) => void)(event)
      } catch (cause) {
        queueMicrotask(() => {
          throw cause
        })
      }
    }
    return all.length > 0
  }
}
