import type { SessionOptions, TextStorage } from '../types.js'
import { cookieStorage } from './cookie.js'
import { indexedDbPlace } from './indexed_db.js'
import { memoryPlace } from './memory.js'
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
      return sharedPlace(webStorage(localStorage), key)
    case 'sessionStorage':
      return sharedPlace(webStorage(sessionStorage), key)
    case 'indexedDB':
      if (typeof indexedDB === 'undefined') throw new Error('there is no IndexedDB here')
      return indexedDbPlace(key)
    case 'cookie':
      return sharedPlace(cookieStorage(), key)
    default:
      return own(asked, key)
  }
}

function own(asked: TextStorage | Storage | Place, key: string): Place {
  if ('load' in asked && 'save' in asked) return asked as Place
  if ('getItem' in asked) return sharedPlace(webStorage(asked as Storage), key)
  return sharedPlace(asked as TextStorage, key)
}

function usual(): 'localStorage' | 'memory' {
  return typeof window === 'object' && typeof document === 'object' ? 'localStorage' : 'memory'
}
