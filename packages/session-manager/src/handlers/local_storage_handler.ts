import { isFresh } from '@tenure/client/protocol'

import { parseObject } from '../../../parts/json.js'
import type { StorageHandler, StorageHandlerStoreOptions } from '../interfaces.js'
import { opener } from '../sealed.js'
import type { Hex } from '../util.js'

/**
 * Copies in a storage of the page, sealed with the session's own id, each with an end. A copy that
 * the original package left in clear is read once and sealed then.
 */
export class LocalStorageHandler<T> implements StorageHandler<T> {
  constructor(
    private readonly storage: Storage,
    private readonly baseStorageKey: string,
  ) {}

  /** Keeps a copy for `timeout` seconds, a day by default. An `update` keeps its end. */
  async storeData(
    key: Hex,
    data: Partial<T> | T | Record<string, never>,
    { timeout = DAY, operation }: StorageHandlerStoreOptions = {},
  ): Promise<void> {
    const now = Date.now()
    const end = now + timeout * 1000
    const before = operation === 'update' ? await this.read(key) : undefined
    const until = before ? Math.min(before.until, end) : end
    await this.write(key, { at: now, until, data: data as T })
  }

  /** The copy, while it lives. One that cannot be read, or whose life is over, is removed. */
  async retrieveData(key: Hex): Promise<T | undefined> {
    const there = this.storage.getItem(this.getStorageKey(key))
    if (!there) return undefined
    const copy = await this.read(key)
    const times = copy && { obtainedAt: copy.at, dueAt: copy.until, expiresAt: copy.until }
    if (!copy || !times || !isFresh(times)) {
      // Unless somebody has written a newer one meanwhile.
      if (this.storage.getItem(this.getStorageKey(key)) === there) this.clearStorage(key)
      return undefined
    }
    if (!there.startsWith(MARK)) await this.write(key, copy)
    return copy.data
  }

  clearStorage(key: Hex): void {
    this.storage.removeItem(this.getStorageKey(key))
  }

  /** Removes all copies whose key begins like this, those of other sessions too. */
  clearOrphanedData(baseKey = ''): void {
    const prefix = `${this.baseStorageKey}${baseKey}`
    const keys = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at))
    for (const key of keys) if (key?.startsWith(prefix)) this.storage.removeItem(key)
  }

  getStorageKey(key: Hex): string {
    return `${this.baseStorageKey}${key.replace(/^0x/i, '')}`
  }

  private async read(key: Hex): Promise<Copy<T> | undefined> {
    const text = this.storage.getItem(this.getStorageKey(key)) ?? ''
    // Where it cannot be loaded, nothing is known about the copy.
    const { open } = await opener(key)
    try {
      if (!text.startsWith(MARK)) return inClear(JSON.parse(text) as T)
      const opened = await open(text.slice(MARK.length))
      const copy = parseObject(opened)
      return copy && isTime(copy['at']) && isTime(copy['until'])
        ? (copy as unknown as Copy<T>)
        : undefined
    } catch {
      return undefined
    }
  }

  private async write(key: Hex, copy: Copy<T>): Promise<void> {
    const sealed = await (await opener(key)).seal(JSON.stringify(copy))
    this.storage.setItem(this.getStorageKey(key), MARK + sealed)
  }
}

interface Copy<T> {
  /** When it was written, in milliseconds since the Unix epoch. */
  at: number
  until: number
  data: T
}

/** A copy of the original's, which does not say how old it is. */
function inClear<T>(data: T): Copy<T> {
  const at = Date.now()
  return { at, until: at + DAY * 1000, data }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** No JSON: the original package takes it for damaged and asks the server. */
const MARK = 'tenure1 '
const DAY = 86_400
