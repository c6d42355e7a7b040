import { channelOf } from './page.js'
import type { Details, TokenSet } from './vault.js'

/** A page was given tokens, in the place of those with the refresh token `replaces`. */
export interface Granted {
  tokens: TokenSet
  details: Details
  replaces: string | null
}

/** What one page tells the others, in memory only; or that the session with that token is over. */
export type News = Granted | { ended: string }

/** The other pages of the same client. */
export class Tabs {
  readonly #channel: BroadcastChannel | null

  constructor(name: string, receive: (news: News) => void) {
    this.#channel = channelOf(name, (news) => receive(news as News))
  }

  post(news: News): void {
    this.#channel?.postMessage(news)
  }

  close(): void {
    this.#channel?.close()
  }
}
