import type { SessionOptions } from '../types.js'
import { cookieStorage } from './cookie.js'
import { webLock } from './locks.js'
import { memoryPlace } from './memory.js'
import { peers } from './peers.js'
import type { Place } from './place.js'
import { sharedPlace } from './shared.js'
import { webStorage } from './web.js'

/** The place that was asked for, or memory and why it had to be. */
export function choosePlace(
  asked: SessionOptions['storage'],
  key: string,
): { place: Place; blocked?: unknown } {
  try {
    return { place: open(asked ?? usual(), key) }
  } catch (blocked) {
    return { place: memoryPlace(), blocked }
  }
}

function open(asked: NonNullable<SessionOptions['storage']>, key: string): Place {
  switch (asked) {
    case 'memory':
      return memoryPlace()
    case 'localStorage':
      return open(localStorage, key)
    case 'sessionStorage':
      return open(sessionStorage, key)
    case 'cookie':
      return open(cookieStorage(), key)
    case 'indexedDB':
      return database(key)
    default:
      if ('load' in asked) return asked as Place
      return sharedPlace('getItem' in asked ? webStorage(asked) : asked, key)
  }
}

/** IndexedDB; its code is loaded when it is used. */
function database(key: string): Place {
  if (typeof indexedDB === 'undefined') throw new Error('there is no IndexedDB here')
  const loaded = async () => (await import('./indexed_db.js')).indexedDbPlace(key)
  return {
    load: async () => (await loaded()).load(),
    save: async (replaces, text) => (await loaded()).save(replaces, text),
    replace: async (...what) => (await loaded()).replace(...what),
    lock: webLock(key),
    ...peers(key),
  }
}

function usual(): 'localStorage' | 'memory' {
  return typeof window === 'object' && typeof document === 'object' ? 'localStorage' : 'memory'
}
