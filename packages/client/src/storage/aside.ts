// What is damaged and kept aside: needed where somebody signs in over it, and loaded then.
import { asideOf } from '../stored.js'
import type { TextStorage } from '../types.js'
import { withWriteLock } from './locks.js'

/** `SessionStorage.replace` of a text storage. */
export function keepAside(
  storage: TextStorage,
  key: string,
  text: string,
  damaged: string,
): Promise<boolean> {
  return withWriteLock(key, async () => {
    if ((await storage.get(key)) !== damaged) return false
    await storage.set(asideOf(key), damaged)
    await storage.set(key, text)
    return true
  })
}
