import { generationOf } from '../stored.js'
import type { SessionStorage } from './session_storage.js'

/** A session that lives as long as the page or process. */
export function memoryStorage(): SessionStorage {
  let there: string | null = null
  return {
    load: async () => there,
    save: async (replaces, text) => {
      if (generationOf(there) !== replaces) return false
      there = text
      return true
    },
  }
}
