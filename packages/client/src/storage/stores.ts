// The storages of a page that are not the usual one: loaded where they are asked for.
import type { TextStorage } from '../types.js'
import type { Asked } from './asked.js'
import { cookieStorage } from './cookie.js'
import { lateStore } from './late.js'
import type { Store } from './session_storage.js'
import { sharedStore } from './shared.js'
import { webStorage } from './web.js'

/** The store that was asked for; where the browser blocks it, what comes `otherwise`. */
export async function openStore(
  asked: Asked,
  key: string,
  _: () => boolean,
  otherwise: (cause: unknown) => Store,
): Promise<Store> {
  try {
    return open(asked, key)
  } catch (cause) {
    return otherwise(cause)
  }
}

function open(asked: Asked, key: string): Store {
  switch (asked) {
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

function isLocal(storage: Storage): boolean {
  try {
    return storage === localStorage
  } catch {
    return false
  }
}
