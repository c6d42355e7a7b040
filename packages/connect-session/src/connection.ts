import { SessionError, type Session } from '@tenure/client'
import { isFresh } from '@tenure/client/protocol'

import { tidyAddress, type Callbacks } from './callbacks.js'
import { complain, messageOf, NOT_FETCHED, Outage, persist, Refused } from './faults.js'
import { claimsOf } from '../../parts/jwt.js'
import { leave, page } from './page.js'
import type { People } from './people.js'
import { Redirects } from './redirects.js'
import { note, openRefresher, tokensOf } from './refresher.js'
import { Shown } from './shown.js'
import { SignIn } from './sign_in.js'
import type { LoginIdentity, ReapitConnectSession } from './types.js'
import type { Vault } from './vault.js'
import { authorizeUrl, logoutUrl, type EndpointSettings } from './wire.js'

/** How one connection behaves. */
export interface Settings extends EndpointSettings {
  verifyState: boolean
  protectLogin: boolean
}

/** What comes of asking for a session: nothing where there is none, or the page leaves. */
type Outcome = Promise<ReapitConnectSession | void>

/** One client's sign-in, refreshes and sign-out in a page. */
export class Connection {
  readonly shown = new Shown()
  readonly #redirects: Redirects
  #refresher: Session | undefined
  #connecting: Outcome | undefined
  #signIn: SignIn | undefined
  /** What is handed out without asking anybody; `shown` outlives it. */
  #held: ReapitConnectSession | null = null
  /** The access token that is not wanted any more. */
  #dropped: string | null = null
  /** Rises with each sign-out: what began before one has come too late. */
  #epoch = 0
  /** Whether whoever asked wants to stay on the page. */
  #stays = false
  #leftAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly settings: Settings,
    private readonly vault: Vault,
    private readonly people: People,
    readonly callbacks: Callbacks,
    /** Leaves for the sign-in, in the way that the application may have made its own. */
    private readonly redirect: () => Promise<void>,
  ) {
    this.#redirects = new Redirects(settings.clientId)
    // A page that the back button brings back has not left.
    page()?.addEventListener('pageshow', () => (this.#leftAt = Number.NEGATIVE_INFINITY))
    // Frameworks that wrap objects leave a frozen one alone.
    Object.freeze(this)
  }

  /** The session, if it is fresh. */
  get fresh(): ReapitConnectSession | null {
    const now = this.#refresher?.snapshot()
    if (!this.#held || now?.status !== 'signed_in') return null
    return isFresh(now) ? this.#held : null
  }

  /** Whether there is something to begin a session with, other than leaving the page. */
  get resumable(): boolean {
    return this.vault.usable || this.callbacks.arrived(this.settings.verifyState).kind === 'code'
  }

  /** The session, got once for all who ask at the same time. */
  connect(): Outcome {
    const { fresh } = this
    if (fresh) return Promise.resolve(fresh)
    const staying = this.#stays ? this.#connecting : undefined
    return staying ? staying.then((got) => got ?? this.connect()) : this.#share()
  }

  /** The same, but where only signing in helps, the page stays. */
  async resume(): Outcome {
    if (!this.resumable || this.#connecting) return this.#connecting
    this.#stays = true
    return this.#share().finally(() => (this.#stays = false))
  }

  async authorize(
    redirectUri: string | undefined,
    more: Record<string, string> = {},
  ): Promise<void> {
    await this.#begin('authorize', redirectUri, more)
  }

  login(redirectUri: string | undefined): void {
    this.#end()
    if (this.settings.protectLogin) {
      this.#begin('login', redirectUri, {}).catch((cause: unknown) => complain(messageOf(cause)))
      return
    }
    try {
      this.callbacks.beginBare()
    } catch (cause) {
      complain(messageOf(cause))
    }
    this.#leave(authorizeUrl(this.settings, 'login', redirectUri, {}))
  }

  logout(redirectUri: string | undefined): void {
    this.#end()
    this.#leave(logoutUrl(this.settings, redirectUri))
  }

  /** Forgets the access token; the next who asks has it refreshed. */
  clear(): void {
    this.#dropped = this.#held?.accessToken ?? this.#dropped
    this.#held = null
    this.vault.expire()
  }

  #share(): Outcome {
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  async #connect(): Outcome {
    if (!page() || Date.now() - this.#leftAt < LEAVING) return
    const epoch = this.#epoch
    try {
      return await this.#look()
    } catch (cause) {
      // What a sign-out interrupted is nobody's concern any more.
      if (epoch !== this.#epoch) return
      return await this.#failed(cause).catch((other: unknown) => complain(messageOf(other)))
    }
  }

  async #look(): Outcome {
    const callback = this.callbacks.arrived(this.settings.verifyState)
    const { usable } = this.vault
    if (callback.kind === 'code' && (callback.begun || !usable)) {
      this.#signIn = new SignIn(this.settings, this.callbacks, callback.code, callback.state)
    }
    if (this.#signIn) return this.#finish(this.#signIn)
    if (usable) return this.#refresh()
    if (callback.kind === 'none') return this.redirect()
    if (callback.kind === 'refused') this.callbacks.take(callback.state)
    throw new Refused(NOT_FETCHED)
  }

  /** Finishes the sign-in that the address is the answer to. */
  async #finish(signIn: SignIn): Outcome {
    const epoch = this.#epoch
    try {
      const { members, requestedAt } = await signIn.answer()
      const accessToken = String(members['access_token'])
      const idToken = String(members['id_token'])
      const who = await this.people.signedIn(accessToken, idToken)
      if (epoch !== this.#epoch) return
      note(this.vault, members, who.email, requestedAt)
      await this.#session().adopt(tokensOf(members, requestedAt), {
        sub: String(claimsOf(idToken)?.['sub']),
      })
      this.#signIn = undefined
      // A sign-out came in between: it wins.
      if (epoch !== this.#epoch) return this.vault.end()
      this.#redirects.reset()
      tidyAddress()
      return this.#show(accessToken, idToken, who)
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause
      this.#signIn = undefined
      if (!this.vault.usable) throw cause
      // Whoever is signed in already stays so.
      complain(cause.message)
      return this.#refresh()
    }
  }

  async #refresh(): Outcome {
    const epoch = this.#epoch
    const accessToken = await persist(2, () =>
      this.#session().accessToken(this.#dropped === null ? {} : { rejected: this.#dropped }),
    )
    this.#dropped = null
    const { idToken, who } = await this.people.refreshed(
      accessToken,
      this.vault.detailsOf(accessToken),
    )
    if (epoch !== this.#epoch) return
    return this.#show(accessToken, idToken, who)
  }

  #show(accessToken: string, idToken: string, loginIdentity: LoginIdentity): ReapitConnectSession {
    const before = this.shown.get()
    const { refreshToken } = this.vault
    const same = before?.accessToken === accessToken && before.idToken === idToken
    this.#held = same ? before : { accessToken, refreshToken, idToken, loginIdentity }
    this.shown.set(this.#held)
    return this.#held
  }

  /** Only a definite no leads away from the page. */
  async #failed(cause: unknown): Outcome {
    const ended = cause instanceof SessionError && cause.code === 'signed_out'
    if (!ended && !(cause instanceof Refused)) {
      const kind = cause instanceof SessionError || cause instanceof Outage ? 'Token' : 'Session'
      complain(`Reapit Connect ${kind} ${kind === 'Token' ? 'Error' : 'error'} ${messageOf(cause)}`)
      return this.#alive ?? undefined
    }
    this.#end()
    if (ended && cause.reason === 'user') return this.#again()
    complain(ended ? NOT_FETCHED : messageOf(cause))
    if (this.callbacks.lasting && (await this.#redirects.admit())) return this.#again()
    complain('Signing in failed several times in a row: it is not tried again by itself')
  }

  async #again(): Promise<void> {
    if (!this.#stays) await this.redirect()
  }

  #session(): Session {
    if (this.#refresher) return this.#refresher
    const session = openRefresher(this.settings, this.vault)
    session.on('signedOut', () => {
      this.#held = null
      this.shown.set(null)
    })
    // What another page did is shown here, too.
    const changed = (): void => {
      if (this.#connecting || !this.shown.get()) return
      this.#held = null
      void this.connect()
    }
    session.on('refreshed', changed)
    session.on('userChanged', changed)
    this.#refresher = session
    return session
  }

  /** The session while its access token lives, due or not. */
  get #alive(): ReapitConnectSession | null {
    const details = this.#held && this.vault.detailsOf(this.#held.accessToken)
    return details && Date.now() < details.endsAt ? this.#held : null
  }

  #end(): void {
    this.#epoch += 1
    this.#signIn = undefined
    this.#held = null
    this.#dropped = null
    this.people.forget()
    this.vault.end()
    this.shown.set(null)
  }

  async #begin(
    path: 'authorize' | 'login',
    redirectUri: string | undefined,
    more: Record<string, string>,
  ): Promise<void> {
    const { usePkce } = this.settings
    const { state, challenge } = await this.callbacks.begin()
    const proof = usePkce ? { code_challenge_method: 'S256', code_challenge: challenge } : {}
    this.#leave(authorizeUrl(this.settings, path, redirectUri, { state, ...proof }, more))
  }

  #leave(address: string): void {
    this.#leftAt = Date.now()
    leave(address)
  }
}

/** How long a page that was told to leave is given to do so. */
const LEAVING = 30_000
