import type { TextStorage } from '@tenure/client'
import type { AuthResult } from '../types.js'

/** Keeps one result: in memory for whoever renders, and in a storage for the next start. */
export interface SessionStore {
  /** Reads the storage, before the first rendering. */
  initialize(): Promise<void>
  /** For `useSyncExternalStore` and its like. Gives the function that ends it. */
  subscribe(listener: () => void): () => void
  /** The same object until it changed. */
  getSnapshot(): AuthResult | null
  setSession(session: AuthResult | null): Promise<void>
}

export interface SessionStoreOptions {
  /** Default: `session`. */
  key?: string
  /** Default: `localStorage`; memory where the browser blocks it. */
  storage?: TextStorage
}

/**
 * Opens a store. What another page of the same origin changes in `localStorage` is seen here at
 * once.
 */
export function createSessionStore(options: SessionStoreOptions = {}): SessionStore {
  const { key = 'session', storage = usualStorage() } = options
  const listeners = new Set<() => void>()
  let session: AuthResult | null = null
  let reading: Promise<void> | undefined
  /** Counts changes, so that what is read does not replace what came meanwhile. */
  let changes = 0

  const take = (next: AuthResult | null): void => {
    changes += 1
    if (next === session) return
    session = next
    for (const listener of [...listeners]) listener()
  }
  const read = async (): Promise<void> => {
    const before = changes
    const text = (await storage.get(key)) ?? null
    if (changes === before) take(parse(text))
  }
  if (options.storage === undefined && typeof window === 'object') {
    window.addEventListener('storage', ({ key: changed, newValue, storageArea }) => {
      if (storageArea !== localStorage) return
      if (changed === key) take(parse(newValue))
      else if (changed === null) take(null)
    })
  }
  return {
    initialize: () => (reading ??= read()),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => session,
    async setSession(next) {
      // What was there before does not matter any more.
      reading ??= Promise.resolve()
      // Memory first: whoever asks after a sign-out must not find the one who left.
      changes += 1
      const changed = next !== session
      session = next
      try {
        await storage.set(key, JSON.stringify(next))
      } finally {
        if (changed) for (const listener of [...listeners]) listener()
      }
    },
  }
}

/** A text that is no result is nobody's session. */
function parse(text: string | null): AuthResult | null {
  try {
    const found = JSON.parse(text ?? 'null') as AuthResult | null
    return typeof found === 'object' && typeof found?.receivedAt === 'number' ? found : null
  } catch {
    return null
  }
}

function usualStorage(): TextStorage {
  try {
    const storage = localStorage
    return {
      get: (key) => storage.getItem(key),
      set: (key, value) => storage.setItem(key, value),
      remove: (key) => storage.removeItem(key),
    }
  } catch {
    const kept = new Map<string, string>()
    return {
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
      remove: (key) => void kept.delete(key),
    }
  }
}
