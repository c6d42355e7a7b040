import type { SessionOptions } from '../types.js'
import { isUsual } from './asked.js'
import { webLock } from './locks.js'
import { memoryStorage } from './memory.js'
import { peers } from './peers.js'
import type { SessionStorage, Store } from './session_storage.js'

/** The storage that was asked for, or memory; then `blocked` is told why. */
export function chooseStorage(
  asked: SessionOptions['storage'],
  key: string,
  blocked: (cause: unknown) => void,
): SessionStorage {
  const chosen = asked ?? usual()
  if (chosen === 'memory') return memoryStorage()
  if (typeof chosen === 'object' && 'load' in chosen) return chosen as SessionStorage
  const otherwise = (cause: unknown): SessionStorage => {
    blocked(cause)
    return memoryStorage()
  }
  const lock = webLock(key)
  let holds = false
  let loading: Promise<Store> | undefined
  /** Its code is loaded when it is used. */
  const store = async (): Promise<Store> => {
    loading ??= (isUsual(chosen) ? import('./indexed_db.js') : import('./stores.js'))
      .then(({ openStore }) => openStore(chosen, key, () => holds, otherwise))
      .catch((cause: unknown) => {
        loading = undefined
        throw cause
      })
    return loading
  }
  return {
    load: async () => (await store()).load(),
    save: async (replaces, text) => (await store()).save(replaces, text),
    replace: async (...what) => (await (await store()).replace?.(...what)) ?? false,
    async lock(lease, signal) {
      const held = await lock(lease, signal)
      holds = held !== null
      void held?.lost.then(() => (holds = false))
      return held
    },
    ...peers(key),
  }
}

function usual(): 'usual' | 'memory' {
  return typeof window === 'object' && typeof document === 'object' ? 'usual' : 'memory'
}
