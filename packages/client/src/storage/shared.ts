import type { TextStorage } from '../types.js'
import { generationOf, isMark } from '../stored.js'
import { keepAside } from './aside.js'
import { withWriteLock } from './locks.js'
import type { Store } from './session_storage.js'

/** A session under one key of a text storage that several pages may share. */
export function sharedStore(storage: TextStorage, key: string): Store {
  return {
    load: async () => (await storage.get(key)) ?? null,
    save: (replaces, text) => withWriteLock(key, () => compareAndSet(storage, key, replaces, text)),
    replace: async (_, ...what) => keepAside(storage, key, ...what),
  }
}

/** Writes over the generation that is expected, and over no other. */
export async function compareAndSet(
  storage: TextStorage,
  key: string,
  replaces: number,
  text: string,
): Promise<boolean> {
  const there = storage.get(key)
  // Without a wait in between where the storage needs none: no other page can come between.
  const found = isPromise(there) ? await there : there
  if (generationOf(found ?? null) !== replaces) return false
  try {
    const written = storage.set(key, text)
    if (isPromise(written)) await written
  } catch (cause) {
    // A sign-out must win: where there is no room for its mark, nothing may stay.
    if (!isMark(text)) throw cause
    await storage.remove(key)
    return true
  }
  // Some storages drop what is too big without a word.
  if ((await storage.get(key)) !== text) throw new Error('the storage dropped it')
  return true
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
