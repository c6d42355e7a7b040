// The session that a version before this one left in localStorage is taken over, once: loaded where
// there is one.
import { timeout } from '../../../parts/timeout.js'
import { asideOf, generationOf } from '../stored.js'
import { webLock } from './locks.js'
import type { Store } from './session_storage.js'

/**
 * Moves what was left into a store that has nothing. `holds`: whether this page has the lock.
 *
 * A page that still runs that version finds nothing there any more and counts as signed out; the
 * lock, which both know, keeps it from refreshing meanwhile.
 */
export async function takeOver(store: Store, key: string, holds: boolean): Promise<string | null> {
  const wait = timeout(PATIENCE)
  const held = holds ? null : await webLock(key)(LEASE, wait)
  if (!held && wait.aborted) throw new Error('another page is busy with the session: ask again')
  try {
    // What the one before has written may still be on its way to this page.
    await new Promise((resolve) => setTimeout(resolve, UNDER_WAY))
    const text = localStorage.getItem(key)
    // What is not understood stays where it is, and is told.
    if (text !== null && generationOf(text) === null) return text
    if (text !== null) await store.save(0, text)
    localStorage.removeItem(key)
    return await store.load()
  } finally {
    await held?.release()
  }
}

/** `SessionStorage.replace` where what was left is what is damaged. */
export async function replaceLeft(
  store: Store,
  key: string,
  text: string,
  damaged: string,
): Promise<boolean> {
  localStorage.setItem(asideOf(key), damaged)
  if (!(await store.save(0, text))) return false
  localStorage.removeItem(key)
  return true
}

const LEASE = 5_000
const PATIENCE = 1_000
const UNDER_WAY = 200
