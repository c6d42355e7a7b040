import type { Place } from '@tenure/client'
import { webLock } from '@tenure/client/parts'

import type { Keys } from './keys.js'
import { Tabs, type Shared } from './tabs.js'

/** What is known of an access token beyond what the core keeps. */
export interface Details {
  idToken: string | null
  email: string | null
  /** When the access token ends, in milliseconds since the Unix epoch. */
  endsAt: number
  /** Whether another page of this origin checked the ID token. */
  trusted?: boolean
}

/**
 * The place of one session: the refresh token under the original's keys, the rest in memory. Where
 * pages share the storage, they share the rest by messages.
 */
export class Vault implements Place {
  #stored: Stored | null = null
  /** The refresh token that was last seen in storage. */
  #kept: string | null = null
  /** Whose session it is. */
  #email: string | null = null
  /** The one that a sign-out ended, should storage not let it go. */
  #ended: string | null = null
  readonly #details = new Map<string, Details>()
  readonly #tabs: Tabs | null
  #changed: () => void = () => undefined
  readonly lock: NonNullable<Place['lock']>

  /** `channel`: the name that pages know each other by, if they share the storage. */
  constructor(
    private readonly keys: Keys,
    channel: string | null,
  ) {
    this.#tabs = channel === null ? null : new Tabs(channel, (shared) => this.#receive(shared))
    this.lock = channel === null ? async () => FREE : webLock(channel)
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
    this.#look()
    return this.#stored === null ? null : JSON.stringify(this.#stored)
  }

  save = async (replaces: number, text: string): Promise<boolean> => {
    this.#look()
    if (this.#generation !== replaces) return false
    const next = JSON.parse(text) as Stored
    if (next.tokens) this.#keep(next.tokens)
    else this.#erase()
    this.#stored = next
    return true
  }

  watch = (changed: () => void): (() => void) => {
    this.#changed = changed
    const stored = ({ key }: StorageEvent): void => {
      if (this.keys.has(key)) changed()
    }
    if (this.#tabs) window.addEventListener('storage', stored)
    return () => {
      this.#changed = () => undefined
      this.#tabs?.close()
      window.removeEventListener('storage', stored)
    }
  }

  publish = (): void => {
    const tokens = this.#stored?.tokens
    const details = tokens && this.#details.get(tokens.access_token)
    this.#tabs?.post(details ? { tokens, details } : null)
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
    const tokens = { ...NO_TOKEN, issued: generation, refresh_token: refreshToken }
    this.#stored = session(generation, tokens)
  }

  /** Another page tells what it was given. */
  #receive(shared: Shared | null): void {
    if (shared) this.#join(shared)
    this.#changed()
  }

  #join({ tokens, details }: Shared): void {
    const there = this.#read()
    const ours = this.#stored?.tokens
    const news = !ours || tokens.obtained_at > ours.obtained_at || ours.refresh_token !== there
    if (there === null || tokens.refresh_token !== there || !news) return
    this.note(tokens.access_token, { ...details, trusted: true })
    const generation = this.#generation + 1
    const next = session(generation, { ...tokens, issued: generation })
    const login = ours?.subject === tokens.subject ? this.#stored?.login : undefined
    this.#stored = login ? { ...next, login } : next
    this.#email = this.keys.user
    this.#kept = there
  }

  #keep(tokens: TokenSet): void {
    this.#email = this.#details.get(tokens.access_token)?.email ?? this.#email
    const refreshToken = tokens.refresh_token
    if (!this.#email || !refreshToken) return
    try {
      this.keys.write(this.#email, refreshToken)
      this.#kept = refreshToken
    } catch (cause) {
      // A token that took the place of another must be kept; a first one lasts as long as the page.
      if (this.#kept !== null) throw cause
    }
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

  #mark(): Stored {
    const signed_out = { reason: 'user', at: Date.now() }
    return { tenure: 1, generation: this.#generation + 1, signed_out }
  }

  get #generation(): number {
    return this.#stored?.generation ?? 0
  }
}

function session(generation: number, tokens: TokenSet): Stored {
  const at = Date.now()
  return { tenure: 1, generation, login: { generation, at }, last_active: at, tokens }
}

/** A stored session, in the form of `@tenure/client`. */
interface Stored {
  tenure: 1
  generation: number
  login?: { generation: number; at: number }
  last_active?: number
  tokens?: TokenSet
  signed_out?: { reason: string; at: number }
}

export interface TokenSet {
  access_token: string
  token_type: string
  obtained_at: number
  issued: number
  expires_at?: number
  refresh_token?: string
  subject?: string
}

/** Before the first refresh there is no access token: this one is over. */
const NO_TOKEN = { access_token: 'none', token_type: 'Bearer', obtained_at: 0, expires_at: 0 }
const FREE = { lost: new Promise<void>(() => undefined), release: () => undefined }
const MOST_DETAILS = 4
