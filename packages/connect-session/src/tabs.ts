import { channelOf } from './page.js'
import type { News } from './news.js'

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
