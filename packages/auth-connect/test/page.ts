import { createSessionStore, type SessionStore } from '../src/index.js'

/** A text storage that tests look into. */
export function memoryStorage(given: Record<string, string> = {}) {
  const kept = new Map(Object.entries(given))
  return {
    kept: () => Object.fromEntries(kept),
    get: (key: string) => kept.get(key),
    set: (key: string, value: string) => void kept.set(key, value),
    remove: (key: string) => void kept.delete(key),
  }
}

export function memoryStore(): SessionStore {
  return createSessionStore({ storage: memoryStorage() })
}
