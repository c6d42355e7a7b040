import { vi } from 'vitest'

/** The localStorage of a page that has nothing else. */
export class FakeStorage implements Storage {
  readonly #kept = new Map<string, string>();
  [name: string]: unknown

  get length(): number {
    return this.#kept.size
  }

  key = (at: number): string | null => [...this.#kept.keys()][at] ?? null
  getItem = (key: string): string | null => this.#kept.get(key) ?? null
  setItem = (key: string, value: string): void => void this.#kept.set(key, value)
  removeItem = (key: string): void => void this.#kept.delete(key)
  clear = (): void => this.#kept.clear()
}

/** Gives this program a `window` with a storage, until the test ends. */
export function pageWithStorage(): FakeStorage {
  const localStorage = new FakeStorage()
  vi.stubGlobal('window', { localStorage })
  vi.stubGlobal('localStorage', localStorage)
  return localStorage
}
