import type { Details, TokenSet } from './vault.js'

/** What one page tells the others of its origin, in memory only. */
export interface Shared {
  tokens: TokenSet
  details: Details
}

/** The other pages that share a storage. */
export class Tabs {
  readonly #channel: BroadcastChannel | null

  constructor(name: string, receive: (shared: Shared | null) => void) {
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null
    if (this.#channel) this.#channel.onmessage = ({ data }) => receive(data as Shared | null)
  }

  /** `null` only says that something changed. */
  post(shared: Shared | null): void {
    this.#channel?.postMessage(shared)
  }

  close(): void {
    this.#channel?.close()
  }
}
