import { webLock, type SessionStorage } from '@tenure/client'

import { base64url } from '../../../parts/jwt.js'
import { caughtUp, said, say } from '../../../parts/names.js'
import { signedOut, type StoredSession } from '../../../parts/stored_session.js'
import { alone } from './alone.js'
import { isOther, NOTHING, type Kept, type Places } from './kept.js'
import { keptFrom, storedFrom } from './stored.js'

/**
 * The place of one session: its values under the original's names, which is all that is stored.
 * What the core wants to know beyond that is in memory. What others write there, a page with the
 * original package too, is read as a newer session.
 */
export class Vault implements SessionStorage {
  readonly lock: NonNullable<SessionStorage['lock']>
  private stored: StoredSession | null = null
  /** What was last seen in storage. */
  private kept: Kept = NOTHING
  /** The access token that somebody else keeps, and what it was exchanged for since. */
  private provided: { given: string; now: string } | undefined
  /** Which sign-in a token belongs to. */
  private readonly logins = new Map<string, string>()
  private readonly letGo: (() => void)[] = []
  private channel: BroadcastChannel | undefined
  private changed: () => void = () => undefined

  /** `name`: what the pages of one session know each other by. */
  constructor(
    private readonly places: Places,
    private readonly name: string,
  ) {
    this.lock = webLock(name)
  }

  /** Whether there was a session when storage was last looked at. */
  get signedIn(): boolean {
    return this.stored?.tokens !== undefined
  }

  /** Which sign-in there is. */
  get login(): string | undefined {
    const login = this.stored?.tokens && this.stored.login
    return login && `${login.generation} ${login.at}`
  }

  loginOf(token: string): string | undefined {
    return this.logins.get(token)
  }

  /** Notes that a token belongs to a sign-in. */
  noteLogin(token: string | null | undefined, login: string | undefined): void {
    if (!token || login === undefined) return
    this.logins.set(token, login)
    const [oldest = ''] = this.logins.keys()
    if (this.logins.size > MOST_TOKENS) this.logins.delete(oldest)
  }

  /** What is in storage now. */
  read(): Promise<Kept> {
    this.listen()
    return alone(this.writing, async () => {
      if (await this.look()) this.changed()
      return this.kept
    })
  }

  /** Writes some of the values. Those of another sign-in go with it. */
  put(given: Partial<Kept>): Promise<void> {
    this.listen()
    return alone(this.writing, async () => {
      await this.look()
      const whole = { ...this.kept, ...given }
      const next = isOther(this.kept, whole) ? { ...NOTHING, ...given } : whole
      if (given.accessToken) this.provided = undefined
      await this.keep(next)
      this.take(next)
      this.tell()
    })
  }

  /** Removes all values: whatever is in flight finds nothing to go on with. */
  erase(): Promise<void> {
    this.listen()
    return alone(this.writing, async () => {
      await this.look()
      this.provided = undefined
      // It is over here whether or not storage lets go of it.
      this.take(NOTHING)
      this.changed()
      await this.places.removeAll()
      this.tell()
    })
  }

  /**
   * An access token that is kept elsewhere. The same one again stands for what it was exchanged
   * for: whoever keeps it was not told.
   */
  async provide(given: string): Promise<string> {
    if (this.provided?.given !== given) {
      this.provided = { given, now: given }
      await this.read()
    }
    return this.provided.now
  }

  /** Makes an access token due, so that the next who wants one has it refreshed. */
  expire(accessToken: string): void {
    const tokens = this.stored?.tokens
    if (!this.stored || tokens?.access_token !== accessToken) return
    const generation = this.generation + 1
    this.stored = { ...this.stored, generation, tokens: { ...tokens, expires_at: 0 } }
    this.changed()
  }

  load = async (): Promise<string | null> => {
    const used = await said(this.used)
    // Storage may bring what other pages wrote later than the names of their locks.
    await caughtUp(
      async () => {
        await alone(this.writing, () => this.look())
        return Promise.all([this.kept.accessToken, this.kept.refreshToken].map(nameOf))
      },
      (names) => !names.some((name) => used.includes(name)),
    )
    return this.stored && JSON.stringify(this.stored)
  }

  save = (replaces: number, text: string): Promise<boolean> =>
    alone(this.writing, async () => {
      await this.look()
      if (this.generation !== replaces) return false
      const next = JSON.parse(text) as StoredSession
      const before = this.kept
      if (next.tokens) await this.keep(keptFrom(next, before))
      else await this.places.removeAll()
      this.kept = next.tokens ? keptFrom(next, before) : NOTHING
      this.provided = next.tokens &&
        this.provided && {
          ...this.provided,
          now: next.tokens.access_token,
        }
      this.stored = next
      this.noteAll()
      if (next.tokens) await this.say(before)
      return true
    })

  watch = (changed: () => void): (() => void) => {
    this.changed = changed
    this.listen()
    return () => (this.changed = () => undefined)
  }

  publish = (): void => this.channel?.postMessage('changed')

  private get generation(): number {
    return this.stored?.generation ?? 0
  }

  private get writing(): string {
    return `${this.name}:write`
  }

  /** What the names of locks begin with that say which tokens are used up. */
  private get used(): string {
    return `${this.name}:used `
  }

  /** Writes values; an access token that somebody else keeps is not written. */
  private async keep(next: Kept): Promise<void> {
    const isTheirs = next.accessToken !== null && next.accessToken === this.provided?.given
    const own = isTheirs ? { ...next, accessToken: await this.places.read('accessToken') } : next
    await this.places.write(own, await this.places.readAll())
  }

  /** Looks at storage: whether somebody else changed it. */
  private async look(): Promise<boolean> {
    const there = await this.places.readAll()
    const kept = this.provided ? { ...there, accessToken: this.provided.now } : there
    const isSame = (Object.keys(kept) as (keyof Kept)[]).every((it) => kept[it] === this.kept[it])
    if (!isSame) this.take(kept)
    return !isSame
  }

  private take(kept: Kept): void {
    const generation = this.generation + 1
    const before = this.stored?.tokens && !isOther(this.kept, kept) ? this.stored : undefined
    const hasTokens = kept.accessToken !== null || kept.refreshToken !== null
    this.kept = kept
    if (hasTokens) this.stored = storedFrom(kept, generation, before)
    else if (this.signedIn) this.stored = signedOut(generation, Date.now())
    this.noteAll()
  }

  private noteAll(): void {
    this.noteLogin(this.kept.accessToken, this.login)
    this.noteLogin(this.kept.refreshToken, this.login)
  }

  /** Says which tokens are used up: complete when every page can know it. */
  private async say({ accessToken, refreshToken }: Kept): Promise<void> {
    for (const token of [accessToken, refreshToken]) {
      const isUsed = token !== this.kept.accessToken && token !== this.kept.refreshToken
      if (token !== null && isUsed) this.letGo.push(await say(this.used + (await nameOf(token))))
    }
    for (const letEnd of this.letGo.splice(0, this.letGo.length - MOST_SAID)) letEnd()
  }

  private tell(): void {
    this.changed()
    this.publish()
  }

  /** Hears of other pages, from the first use on. */
  private listen(): void {
    if (this.channel || typeof window !== 'object' || typeof BroadcastChannel !== 'function') return
    this.channel = new BroadcastChannel(this.name)
    const look = (): void => void this.read().catch(() => undefined)
    this.channel.onmessage = look
    window.addEventListener?.('storage', ({ key }) => {
      if (this.places.has(key)) look()
    })
  }
}

/** A name for a token that gives nothing of it away. */
async function nameOf(token: string | null): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  if (token === null || !subtle) return '-'
  return base64url(await subtle.digest('SHA-256', new TextEncoder().encode(token)))
}

const MOST_TOKENS = 16
/** Tokens of this many refreshes: a page that is later than that has other troubles. */
const MOST_SAID = 16
