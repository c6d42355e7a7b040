import { generationOf } from '../stored.js'
import type { Place } from './place.js'

/** A session that lives as long as the page or process. */
export function memoryPlace(): Place {
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
