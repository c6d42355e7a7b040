import type { IStorageAdapter } from '../types.js'

/** One of the two storages of a page. */
abstract class WebStorage implements IStorageAdapter {
  constructor(private readonly name: 'localStorage' | 'sessionStorage') {}

  async get(key: string): Promise<string | null> {
    try {
      return globalThis[this.name].getItem(key)
    } catch {
      return null
    }
  }

  /** Rejects where the storage is full, blocked or not there. */
  async set(key: string, value: string): Promise<void> {
    try {
      globalThis[this.name].setItem(key, value)
    } catch (cause) {
      throw new Error(`${key} was not kept: ${this.name} is full, blocked or not there`, { cause })
    }
  }

  async remove(key: string): Promise<void> {
    try {
      globalThis[this.name].removeItem(key)
    } catch {
      // Where nothing can be kept there is nothing to remove.
    }
  }
}

export class LocalStorageAdapter extends WebStorage {
  constructor() {
    super('localStorage')
  }
}

export class SessionStorageAdapter extends WebStorage {
  constructor() {
    super('sessionStorage')
  }
}
