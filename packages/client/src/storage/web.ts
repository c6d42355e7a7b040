import type { TextStorage } from '../types.js'

/** localStorage or sessionStorage. Throws where the browser blocks it. */
export function webStorage(storage: Storage): TextStorage {
  const probe = 'tenure:probe'
  storage.setItem(probe, probe)
  storage.removeItem(probe)
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
  }
}
