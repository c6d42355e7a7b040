import { webLock, type SessionStorage } from '@tenure/client'

import { base64url } from '../../parts/jwt.js'
import { caughtUp, said, say } from '../../parts/names.js'
import {
  signedIn,
  signedOut,
  type StoredSession,
  type StoredTokens,
} from '../../parts/stored_session.js'
import type { Keys } from './keys.js'
import type { Details, Granted, News } from './news.js'
import { page } from './page.js'
import { Tabs } from './tabs.js'

/**
 * The place of one session: the refresh token under the original's keys, the rest in memory. Pages
 * with the same refresh token, as a tab and its duplicate, share the rest by messages.
 */
export class Vault implements SessionStorage {
  #stored: StoredSession | null = null
  /** The refresh token that was last seen in storage. */
  #kept: string | null = null
  /** Whose session it is. */
  #email: string | null = null
  /** The one that the present one took the place of. */
  #replaced: string | null = null
  /** The one that a sign-out ended, should storage not let it go. */
  #ended: string | null = null
  readonly #details = new Map<string, Details>()
  readonly #tabs: Tabs | null
  #changed: () => void = () => undefined
  readonly lock: NonNullable<SessionStorage['lock']>
  /** What the names of locks begin with that say which refresh tokens are used up. */
  readonly #used: string
  readonly #said: (() => void)[] = []

  /** `channel`: the name that the pages of one client know each other by. */
  constructor(
    private readonly keys: Keys,
    channel: string,
  ) {
    this.#tabs = page() ? new Tabs(channel, (news) => this.#receive(news)) : null
    this.lock = webLock(channel)
    this.#used = `${channel}:used `
  }

  /** Whether there is a refresh token, or anything else to go on with. */
  get usable(): boolean {
    this.#look()
    return this.#stored?.tokens !== undefined
  }

  detailsOf(accessToken: string): Details | undefined {
    return this.#details.get(accessToken)
  }

  /** Notes what belongs to an access token, before the core keeps it. */
  note(accessToken: string, details: Details): void {
    this.#details.set(accessToken, details)
    const [oldest] = this.#details.keys()
    if (this.#details.size > MOST_DETAILS && oldest !== undefined) this.#details.delete(oldest)
  }

  get refreshToken(): string {
    return this.#stored?.tokens?.refresh_token ?? ''
  }

  load = async (): Promise<string | null> => {
    const used = await said(this.#used)
    // Storage, and the messages of other pages, may bring what they were given later than that.
    await caughtUp(
      async () => {
        this.#look()
        return this.#kept === null ? '' : nameOf(this.#kept)
      },
      (name) => !used.includes(name),
    )
    return this.#stored === null ? null : JSON.stringify(this.#stored)
  }

  save = async (replaces: number, text: string): Promise<boolean> => {
    this.#look()
    if (this.#generation !== replaces) return false
    const next = JSON.parse(text) as StoredSession
    const before = this.#kept
    if (next.tokens) this.#keep(next.tokens)
    else this.#erase()
    this.#stored = next
    if (before !== null && next.tokens && before !== this.#kept) await this.#say(before)
    return true
  }

  watch = (changed: () => void): (() => void) => {
    this.#changed = changed
    const stored = ({ key }: StorageEvent): void => {
      if (this.keys.has(key)) changed()
    }
    page()?.addEventListener('storage', stored)
    return () => {
      this.#changed = () => undefined
      this.#tabs?.close()
      page()?.removeEventListener('storage', stored)
    }
  }

  publish = (): void => {
    const tokens = this.#stored?.tokens
    const details = tokens && this.#details.get(tokens.access_token)
    if (details) this.#tabs?.post({ tokens, details, replaces: this.#replaced })
    else if (this.#ended !== null) this.#tabs?.post({ ended: this.#ended })
  }

  /** Signs out at once: whatever is in flight finds nothing to go on with. */
  end(): void {
    this.#look()
    this.#erase()
    this.#stored = this.#mark()
    this.publish()
    this.#changed()
  }

  /** Makes the access token due, so that the next one who wants it has it refreshed. */
  expire(): void {
    if (!this.#stored?.tokens) return
    const tokens = { ...this.#stored.tokens, expires_at: 0 }
    this.#stored = { ...this.#stored, generation: this.#generation + 1, tokens }
    this.#changed()
  }

  /** What storage holds decides, where somebody else changed it. */
  #look(): void {
    const there = this.#read()
    if (there === this.#kept) return
    this.#kept = there
    if (there === null) {
      if (this.#stored?.tokens) this.#stored = this.#mark()
    } else if (there !== this.#ended) {
      this.#take(there)
    }
  }

  /** A refresh token that this page has no access token for, or had a former one of. */
  #take(refreshToken: string): void {
    const generation = this.#generation + 1
    const before = this.#stored
    const user = this.keys.user
    if (before?.tokens && user === this.#email) {
      const tokens = { ...before.tokens, refresh_token: refreshToken }
      this.#stored = { ...before, generation, tokens }
      return
    }
    this.#email = user
    this.#stored = session(generation, { ...NO_TOKEN, refresh_token: refreshToken })
  }

  #receive(news: News): void {
    if ('tokens' in news) this.#join(news)
    else if (news.ended === this.#read()) {
      this.#erase()
      this.#stored = this.#mark()
    }
    this.#changed()
  }

  /** Another page was given tokens in the place of those that are kept here. */
  #join({ tokens, details, replaces }: Granted): void {
    const there = this.#read()
    const given = tokens.refresh_token
    if (there === null || given === undefined || (there !== given && there !== replaces)) return
    const ours = this.#stored?.tokens
    if (there === given && ours && ours.obtained_at >= tokens.obtained_at) return
    this.note(tokens.access_token, { ...details, trusted: true })
    if (this.#stored === null) this.#email = this.keys.user
    const next = session(this.#generation + 1, tokens)
    this.#keep(next.tokens)
    const login = ours?.subject === tokens.subject ? this.#stored?.login : undefined
    this.#stored = login ? { ...next, login } : next
  }

  #keep(tokens: StoredTokens): void {
    this.#email = this.#details.get(tokens.access_token)?.email ?? this.#email
    const refreshToken = tokens.refresh_token
    if (!this.#email || !refreshToken) return
    try {
      this.keys.write(this.#email, refreshToken)
      this.#replaced = this.#kept
      this.#kept = refreshToken
    } catch (cause) {
      // A token that took the place of another must be kept; a first one lasts as long as the page.
      if (this.#kept !== null) throw cause
    }
  }

  /** Says that a refresh token is used up: complete when every page can know it. */
  async #say(refreshToken: string): Promise<void> {
    this.#said.push(await say(this.#used + (await nameOf(refreshToken))))
    if (this.#said.length > MOST_SAID) this.#said.shift()?.()
  }

  #erase(): void {
    this.#ended = this.#kept
    this.#email = null
    try {
      this.keys.erase()
      this.#kept = null
    } catch {
      // What stays there is known to be over.
    }
  }

  #read(): string | null {
    try {
      return this.keys.refreshToken
    } catch {
      return this.#kept
    }
  }

  #mark(): StoredSession {
    return signedOut(this.#generation + 1, Date.now())
  }

  get #generation(): number {
    return this.#stored?.generation ?? 0
  }
}

/** A name for a refresh token that gives nothing of it away. */
async function nameOf(refreshToken: string): Promise<string> {
  // Where there is none there are no locks either, and nobody is told.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  const digest = await subtle?.digest('SHA-256', new TextEncoder().encode(refreshToken))
  return digest === undefined ? '-' : base64url(digest)
}

function session(generation: number, given: Given): StoredSession & { tokens: StoredTokens } {
  const at = Date.now()
  return signedIn(generation, { generation, at }, at, given)
}

type Given = Omit<StoredTokens, 'issued'>

/** Before the first refresh there is no access token: this one is over. */
const NO_TOKEN = {
  access_token: 'none',
  token_type: 'Bearer',
  obtained_at: 0,
  expires_at: 0,
}
const MOST_DETAILS = 4
/** A page that is later than so many refreshes of one other page has other troubles. */
const MOST_SAID = 8
