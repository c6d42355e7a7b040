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

type Granted = (lock: { name: string }) => unknown

/** The Web Locks of one browser: one holder for each name, the others wait in line. */
export class FakeLocks {
  readonly #line = new Map<string, (() => void)[]>()
  readonly #held = new Map<string, number>()

  async request(name: string, asked: LockOptions | Granted, last?: Granted): Promise<unknown> {
    const [options, granted] = typeof asked === 'function' ? [{}, asked] : [asked, last]
    const { mode, signal, steal } = options
    const isTaken = (this.#held.get(name) ?? 0) > 0
    if (isTaken && mode !== 'shared' && !steal) await this.#turn(name, signal)
    else this.#held.set(name, (this.#held.get(name) ?? 0) + 1)
    // Never before the call that asked has returned.
    await Promise.resolve()
    try {
      return await granted?.({ name })
    } finally {
      // Handed on, so that nobody comes in between.
      const next = this.#line.get(name)?.shift()
      if (next) next()
      else this.#held.set(name, (this.#held.get(name) ?? 1) - 1)
    }
  }

  async query(): Promise<{ held: { name: string }[] }> {
    const held = [...this.#held].filter(([, count]) => count > 0)
    return { held: held.map(([name]) => ({ name })) }
  }

  /** Whether somebody waits for a name. */
  waiting(name: string): boolean {
    return (this.#line.get(name)?.length ?? 0) > 0
  }

  async #turn(name: string, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw signal.reason
    await new Promise<void>((resolve, reject) => {
      const line = this.#line.get(name) ?? []
      this.#line.set(name, line)
      line.push(resolve)
      signal?.addEventListener('abort', () => {
        const at = line.indexOf(resolve)
        if (at >= 0) line.splice(at, 1)
        reject(signal.reason as Error)
      })
    })
  }
}
