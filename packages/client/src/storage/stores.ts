// The storages of a page: loaded when a session is, and not before.
import type { TextStorage } from '../types.js'
import type { Asked } from './asked.js'
import { cookieStorage } from './cookie.js'
import { indexedDbStore } from './indexed_db.js'
import { lateStore } from './late.js'
import type { Store } from './session_storage.js'
import { sharedStore } from './shared.js'
import { takingOver } from './take_over.js'
import { webStorage } from './web.js'

/** The store that was asked for; where the browser blocks it, what comes `otherwise`. */
export async function openStore(
  asked: Asked,
  key: string,
  holds: () => boolean,
  otherwise: (cause: unknown) => Store,
): Promise<Store> {
  try {
    return await open(asked, key, holds)
  } catch (cause) {
    return otherwise(cause)
  }
}

async function open(asked: Asked, key: string, holds: () => boolean): Promise<Store> {
  switch (asked) {
    case 'usual':
      return usual(key, holds)
    case 'indexedDB':
      return indexedDbStore(key)
    case 'localStorage':
      return lateStore(webStorage(localStorage), key)
    case 'sessionStorage':
      return sharedStore(webStorage(sessionStorage), key)
    case 'cookie':
      return sharedStore(cookieStorage(), key)
    default: {
      const given = asked as TextStorage | Storage
      if (!('getItem' in given)) return sharedStore(given, key)
      return (isLocal(given) ? lateStore : sharedStore)(webStorage(given), key)
    }
  }
}

/** IndexedDB, or localStorage where that cannot be used. */
async function usual(key: string, holds: () => boolean): Promise<Store> {
  try {
    return takingOver(await indexedDbStore(key), key, holds)
  } catch {
    return lateStore(webStorage(localStorage), key)
  }
}

function isLocal(storage: Storage): boolean {
  try {
    return storage === localStorage
  } catch {
    return false
  }
}
