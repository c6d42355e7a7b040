import { timeout } from '../../../parts/timeout.js'
import { generationOf } from '../stored.js'
import { asideOf } from './aside.js'
import { webLock } from './locks.js'
import type { Store } from './session_storage.js'

/**
 * A store that takes over, once, the session that a version before this one left in localStorage.
 * `holds`: whether this page has the lock.
 *
 * A page that still runs that version finds nothing there any more and counts as signed out; the
 * lock, which both know, keeps it from refreshing meanwhile.
 */
export function takingOver(store: Store, key: string, holds: () => boolean): Store {
  return {
    ...store,
    load: async () => {
      const there = await store.load()
      return there === null && left(key) !== null ? takeOver(store, key, holds()) : there
    },
    replace: async (replaces, text, damaged) => {
      if (left(key) !== damaged) return (await store.replace?.(replaces, text, damaged)) ?? false
      // What was left there is what is damaged.
      localStorage.setItem(asideOf(key), damaged)
      if (!(await store.save(0, text))) return false
      localStorage.removeItem(key)
      return true
    },
  }
}

async function takeOver(store: Store, key: string, holds: boolean): Promise<string | null> {
  const wait = timeout(PATIENCE)
  const held = holds ? null : await webLock(key)(LEASE, wait)
  if (!held && wait.aborted) throw new Error('another page is busy with the session: ask again')
  try {
    // What the one before has written may still be on its way to this page.
    await new Promise((resolve) => setTimeout(resolve, UNDER_WAY))
    const text = left(key)
    // What is not understood stays where it is, and is told.
    if (text !== null && generationOf(text) === null) return text
    if (text !== null) await store.save(0, text)
    localStorage.removeItem(key)
    return await store.load()
  } finally {
    await held?.release()
  }
}

function left(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const LEASE = 5_000
const PATIENCE = 1_000
const UNDER_WAY = 200
