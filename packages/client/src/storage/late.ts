import { generationOf } from '../stored.js'
import type { TextStorage } from '../types.js'
import { keepAside } from './aside.js'
import { withWriteLock } from './locks.js'
import { caughtUp, said, say } from '../../../parts/names.js'
import type { Store } from './session_storage.js'
import { compareAndSet } from './shared.js'

/**
 * A session in localStorage, which reaches other pages by messages that no lock waits for. So
 * whoever writes says the generation by the name of a lock, and whoever reads waits until the
 * storage has caught up with what was said.
 */
export function lateStore(storage: TextStorage, key: string): Store {
  const prefix = `${key}:generation `
  let letGo = (): void => undefined
  const load = async (): Promise<string | null> => {
    const written = Math.max(0, ...(await said(prefix)).map(Number))
    const look = async (): Promise<string | null> => (await storage.get(key)) ?? null
    return caughtUp(look, (there) => {
      const generation = generationOf(there)
      // What is damaged is not waited for.
      return generation === null || generation >= written
    })
  }
  return {
    load,
    save: (replaces, text) =>
      withWriteLock(key, async () => {
        await load()
        const done = await compareAndSet(storage, key, replaces, text)
        if (done) {
          const before = letGo
          letGo = await say(prefix + String(generationOf(text)))
          before()
        }
        return done
      }),
    replace: async (_, ...what) => keepAside(storage, key, ...what),
  }
}
