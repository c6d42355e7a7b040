import { setMaxListeners } from 'node:events'

import { onTestFinished, vi } from 'vitest'

/** A store that a test can look into, fill up and break. */
export class Store implements Storage {
  readonly kept = new Map<string, string>()
  full = false

  get length(): number {
    return this.kept.size
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException('full', 'QuotaExceededError')
    this.kept.set(key, value)
  }
  removeItem(key: string): void {
    this.kept.delete(key)
  }
  clear(): void {
    this.kept.clear()
  }
  get all(): Record<string, string> {
    return Object.fromEntries(this.kept)
  }
}

/** One page of a browser, as far as the package looks at it. */
export class Tab {
  readonly sessionStorage: Store
  readonly localStorage: Store
  /** Where the page was told to go. */
  readonly visits: string[] = []
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  readonly window: EventTarget
  #address: URL

  /** Opens a page, after another one of the same tab if there was one. */
  constructor(address: string, before?: Tab, more: Record<string, unknown> = {}) {
    this.#address = new URL(address, APP)
    this.sessionStorage = before?.sessionStorage ?? new Store()
    this.localStorage = before?.localStorage ?? new Store()
    const { sessionStorage, localStorage, document } = this
    const page = { sessionStorage, localStorage, document, location: this.#location(), ...more }
    this.window = Object.assign(new EventTarget(), page, { history: this.#history() })
    for (const [name, value] of Object.entries({ ...this.window, window: this.window })) {
      vi.stubGlobal(name, value)
    }
    setMaxListeners(0, this.window, this.document)
    onTestFinished(() => void vi.unstubAllGlobals())
  }

  get address(): string {
    return this.#address.href
  }

  /** Where it was told to go since the last time, without the issuer's origin. */
  visited(issuer: { url: string }): string[] {
    return this.visits.splice(0).map((visit) => visit.replace(issuer.url, ''))
  }

  #location(): object {
    const { visits } = this
    const address = (): URL => this.#address
    return {
      get origin() {
        return address().origin
      },
      get pathname() {
        return address().pathname
      },
      get search() {
        return address().search
      },
      get href() {
        return address().href
      },
      set href(to: string) {
        visits.push(to)
      },
    }
  }

  #history(): object {
    return {
      state: null,
      replaceState: (_state: unknown, _title: string, address: URL) => {
        this.#address = new URL(address)
      },
    }
  }
}

export const APP = 'http://127.0.0.1:5502'
