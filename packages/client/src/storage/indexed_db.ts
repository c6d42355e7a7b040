import { asideOf, generationOf } from '../stored.js'
import type { Asked } from './asked.js'
import type { Store } from './session_storage.js'

/** IndexedDB; where the browser blocks it, localStorage or what comes `otherwise`. */
export async function openStore(
  asked: Asked,
  key: string,
  holds: () => boolean,
  otherwise: (cause: unknown) => Store,
): Promise<Store> {
  try {
    const store = await indexedDbStore(key)
    return asked === 'usual' ? takingOver(store, key, holds) : store
  } catch (cause) {
    if (asked !== 'usual') return otherwise(cause)
  }
  const stores = await import('./stores.js')
  return stores.openStore('localStorage', key, holds, otherwise)
}

/**
 * A session in IndexedDB: its transactions compare and set by themselves. Rejects where the browser
 * blocks it.
 */
async function indexedDbStore(key: string): Promise<Store> {
  // Whether it can be used here shows now; whatever else is wrong may pass.
  await database().catch((cause: unknown) => {
    if (BLOCKED.includes((cause as Error | null)?.name ?? '')) throw cause
  })
  return {
    async load() {
      const store = (await database()).transaction(STORE).objectStore(STORE)
      return textOf(await done(store.get(key)))
    },
    async save(replaces, text) {
      const change = (await database()).transaction(STORE, 'readwrite', { durability: 'strict' })
      const store = change.objectStore(STORE)
      const there = textOf(await done(store.get(key)))
      if (generationOf(there) !== replaces) return false
      store.put(text, key)
      await finished(change)
      return true
    },
    async replace(_, text, damaged) {
      const change = (await database()).transaction(STORE, 'readwrite', { durability: 'strict' })
      const store = change.objectStore(STORE)
      const there = textOf(await done(store.get(key)))
      if (there !== damaged) return false
      store.put(there, asideOf(key))
      store.put(text, key)
      await finished(change)
      return true
    },
  }
}

/**
 * The same, where what a version before this one left in localStorage is taken over. `holds`:
 * whether this page has the lock.
 */
function takingOver(store: Store, key: string, holds: () => boolean): Store {
  return {
    ...store,
    async load() {
      const there = await store.load()
      if (there !== null || left(key) === null) return there
      return (await import('./take_over.js')).takeOver(store, key, holds())
    },
    async replace(replaces, text, damaged) {
      if (left(key) !== damaged) return store.replace?.(replaces, text, damaged) ?? false
      return (await import('./take_over.js')).replaceLeft(store, key, text, damaged)
    },
  }
}

function left(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Opened once for all sessions, and again after the browser closed it. */
function database(): Promise<IDBDatabase> {
  opening ??= open().catch((cause: unknown) => {
    opening = undefined
    throw cause
  })
  return opening
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('tenure', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  const found = await done(request)
  found.onclose = () => (opening = undefined)
  return found
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })
}

function finished(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve()
    change.onabort = () => reject(change.error ?? new Error('IndexedDB gave up the change'))
  })
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

const STORE = 'sessions'
/** How browsers say it: by policy, in windows that keep nothing, and where there is none. */
const BLOCKED = [
  'SecurityError',
  'InvalidStateError',
  'NotSupportedError',
  'ReferenceError',
  'TypeError',
]
let opening: Promise<IDBDatabase> | undefined
