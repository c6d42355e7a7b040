/** 64 digits without `0x`: shorter ones get zeros before them, longer ones are cut off. */
export const padHexString = (hexString: string): string =>
  hexString.replace(/^0x/i, '').padStart(64, '0').slice(0, 64)

/**
 * A session id in the one form it is stored in. Throws where it is none; one that is too long is
 * refused, too, because what would be left of it could be that of another session.
 */
export function sessionIdOf(id: unknown): Hex {
  if (typeof id !== 'string' || !/^(0x)?[0-9a-f]+$/i.test(id)) {
    throw new Error('Session id must be a hex string')
  }
  if (id.replace(/^0x/i, '').length > 64) {
    throw new Error('Session id must be a hex string of at most 64 digits: this one is longer')
  }
  return `0x${padHexString(id)}`
}

/** A text of hexadecimal digits after `0x`. */
export type Hex = `0x${string}`

export const STORAGE_METHOD = {
  LOCAL_STORAGE: 'localStorage',
} as const

export type StorageMethod = (typeof STORAGE_METHOD)[keyof typeof STORAGE_METHOD]

/** Whether the page may write to a storage. One that is full and holds something counts. */
export function storageAvailable(type: StorageMethod): boolean {
  let storage: Storage | undefined
  try {
    storage = window[type]
    storage.setItem(PROBE, PROBE)
    storage.removeItem(PROBE)
    return true
  } catch (cause) {
    const { name } = cause as { name?: unknown }
    const isFull = name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED'
    return isFull && storage !== undefined && storage.length > 0
  }
}

const PROBE = 'tenure:probe'
