import { errorOf } from './causes.js'
import { loadCore, type Core } from './core.js'
import { Driver } from './driver.js'
import { Emitter } from './emitter.js'
import { SessionError } from './errors.js'
import { send } from './http.js'
import { openIssuer, type Issuer } from './issuer.js'
import { Logins, redirectUri, type Login } from './login.js'
import { announceCallback, awaitPopup, openPopup } from './popup.js'
import { read, type Known } from './snapshot.js'
import { choosePlace } from './storage/choose.js'
import type {
  CallbackResult,
  Identity,
  Session,
  SessionEvents,
  SessionOptions,
  SignedOutReason,
  SignInOptions,
  SignOutOptions,
  Snapshot,
  Tokens,
} from './types.js'

/** Opens a session. It reads nothing and starts nothing until the next turn of the event loop. */
export function createSession(options: SessionOptions): Session {
  return new Opened(options)
}

interface Running {
  core: Core
  driver: Driver
  issuer: Issuer
  logins: Logins
}

class Opened implements Session {
  readonly #options: SessionOptions
  readonly #name: string
  readonly #events = new Emitter<SessionEvents>()
  readonly #listeners = new Set<() => void>()
  readonly #running: Promise<Running>
  readonly #known: Promise<void>
  #resolveKnown: () => void = () => undefined
  #now: Known = { shown: Object.freeze({ status: 'loading' }) }
  #driver: Driver | undefined
  #closed = false
  /** Which tokens the last access tokens were, for whoever is refused one. */
  readonly #issued = new Map<string, string>()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#name = `tenure:${options.name ?? `${options.issuer}|${options.clientId}`}`
    this.#known = new Promise((resolve) => (this.#resolveKnown = resolve))
    this.#running = this.#start()
    // Whoever calls something is told; nobody else needs to hear of it.
    this.#running.catch(() => this.#resolveKnown())
  }

  get identity(): Identity | null {
    return this.#now.shown.status === 'signed_in' ? this.#now.shown.identity : null
  }

  snapshot = (): Snapshot => this.#now.shown

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  on<K extends keyof SessionEvents>(
    name: K,
    listener: (event: SessionEvents[K]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  async ready(): Promise<Snapshot> {
    await this.#known
    return this.#now.shown
  }

  async accessToken(options: { rejected?: string; signal?: AbortSignal } = {}): Promise<string> {
    const { rejected, signal } = options
    if (rejected === undefined) {
      const { token } = this.#now
      if (token && isFresh(token)) return token.accessToken
    }
    const issued = rejected === undefined ? null : (this.#issued.get(rejected) ?? null)
    const wanted = this.#token(issued)
    return (await (signal ? Promise.race([wanted, aborted(signal)]) : wanted)).accessToken
  }

  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const fetch = this.#options.fetch ?? globalThis.fetch
    const allowed = this.#options.allowedOrigins ?? [location.origin]
    const { token } = this.#now
    const tokens = {
      token: (rejected: string | null) =>
        rejected === null && token && isFresh(token)
          ? Promise.resolve(token)
          : this.#token(rejected),
    }
    return send(tokens, fetch, allowed, input, init)
  }

  async signIn(options: SignInOptions = {}): Promise<void> {
    // Before the first wait, or the browser blocks the window.
    const popup = options.mode === 'popup' ? openPopup() : undefined
    try {
      const { core, logins } = await this.#running
      const address = options.redirectUri ?? redirectUri(this.#options)
      if (popup) {
        popup.location.href = await logins.begin(options, '')
        const back = await awaitPopup(popup, address, this.#popupChannel)
        const login = await logins.finish(back)
        if (login) await this.#take(login)
        return
      }
      this.#admit(core)
      const here = `${location.pathname}${location.search}${location.hash}`
      const url = await logins.begin(options, options.returnTo ?? here)
      // Whoever gave up meanwhile stays where they are.
      if (options.signal?.aborted) throw reasonOf(options.signal)
      location.assign(url)
    } catch (cause) {
      popup?.close()
      throw cause
    }
    await new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(reasonOf(options.signal)))
    })
  }

  async handleCallback(url?: string | URL): Promise<CallbackResult | null> {
    const address = new URL(url ?? location.href)
    const { logins } = await this.#running
    const finishing = logins.finish(address)
    if (finishing === null) return null
    if (url === undefined) tidyAddress()
    if (isPopup()) {
      finishing.catch(() => undefined)
      announceCallback(address, this.#popupChannel)
      window.close()
    }
    const login = await finishing
    await this.#takeOnce(login)
    return { returnTo: login.returnTo, identity: login.identity }
  }

  async signOut(options: SignOutOptions = {}): Promise<void> {
    const { core, driver, issuer } = await this.#running
    const { idToken } = this.#now
    const endpoint = options.everywhere
      ? (await issuer.metadata().catch(() => undefined))?.end_session_endpoint
      : undefined
    await driver.signOut(options.localOnly ? 'local' : 'issuer')
    if (!endpoint || typeof location !== 'object') return
    const { returnTo } = options
    const back = returnTo === undefined ? null : new URL(returnTo, location.href).href
    const [url = ''] = core.ask('sign_out', this.#options.clientId, endpoint, back, idToken, null)
    location.assign(url)
  }

  async adopt(tokens: Tokens, identity?: Identity): Promise<void> {
    const { driver } = await this.#running
    await driver.signedIn(tokens, identity?.sub ?? null, Date.now())
  }

  active = (): void => {
    this.#driver?.active()
  }

  close(): void {
    this.#closed = true
    this.#driver?.close()
    this.#resolveKnown()
  }

  async #start(): Promise<Running> {
    const core = await loadCore()
    const { place, blocked } = choosePlace(this.#options.storage, this.#name)
    const issuer = openIssuer(core, this.#options)
    const logins = new Logins(core, issuer, this.#options, this.#name)
    if (blocked !== undefined) this.#events.emit('storageUnavailable', { error: blocked })
    const driver = new Driver(core, place, issuer, this.#options, {
      changed: (fields) => this.#changed(fields),
      event: (event) => this.#event(event),
    })
    this.#driver = driver
    if (this.#closed) driver.close()
    return { core, driver, issuer, logins }
  }

  async #token(rejected: string | null): Promise<NonNullable<Known['token']>> {
    const { driver } = await this.#running
    const [accessToken = '', tokenType = '', issued = ''] = await driver.token(rejected)
    const { token } = this.#now
    if (token?.accessToken === accessToken) return token
    return { accessToken, tokenType, issued, login: '', obtainedAt: 0, freshUntil: 0 }
  }

  #takeOnce(login: Login): Promise<void> {
    const known = taken.get(login) ?? this.#take(login)
    taken.set(login, known)
    return known
  }

  async #take(login: Login): Promise<void> {
    const { driver } = await this.#running
    await driver.signedIn(login.tokens, login.identity?.sub ?? null, login.requestedAt)
    keep(this.#redirectsKey, '')
  }

  #changed(fields: string[]): void {
    const before = this.#now.shown
    this.#now = read(fields, before)
    const { token } = this.#now
    if (token) {
      this.#issued.set(token.accessToken, token.issued)
      const [oldest] = this.#issued.keys()
      if (this.#issued.size > MOST_ISSUED && oldest !== undefined) this.#issued.delete(oldest)
    }
    if (this.#now.shown.status !== 'loading') this.#resolveKnown()
    if (this.#now.shown !== before) for (const listener of [...this.#listeners]) listener()
  }

  #event([name, ...rest]: string[]): void {
    switch (name) {
      case 'signed_in':
        return this.#events.emit('signedIn', { identity: this.identity })
      case 'user_changed':
        return this.#events.emit('userChanged', { identity: this.identity })
      case 'refreshed':
        return this.#events.emit('refreshed', {})
      case 'signed_out':
        return this.#events.emit('signedOut', { reason: rest[0] as SignedOutReason })
      default:
        this.#resolveKnown()
        return this.#events.emit('refreshFailed', { error: errorOf(rest) })
    }
  }

  /** Stops a loop of redirects: three in ten seconds. */
  #admit(core: Core): void {
    const times = stored(this.#redirectsKey).split(' ')
    const [kind, ...kept] = core.ask('admit', Date.now(), 3, 10_000, ...times)
    if (kind !== 'ok') {
      throw new SessionError(
        'redirect_loop',
        'signing in came back three times within ten seconds: something is wrong with it',
      )
    }
    keep(this.#redirectsKey, kept.join(' '))
  }

  get #redirectsKey(): string {
    return `${this.#name}:redirects`
  }

  get #popupChannel(): string {
    return `${this.#name}:popup`
  }
}

function isFresh(token: NonNullable<Known['token']>): boolean {
  const now = Date.now()
  // A clock that was set back behind the token's beginning says nothing about its age.
  return now < token.freshUntil && now + CLOCK_TOLERANCE >= token.obtainedAt
}

/** Takes the answer out of the address, so that a reload does not show it again. */
function tidyAddress(): void {
  const address = new URL(location.href)
  for (const name of ANSWER) address.searchParams.delete(name)
  if (/[#&](code|error)=/.test(address.hash)) address.hash = ''
  history.replaceState(history.state, '', address)
}

function isPopup(): boolean {
  try {
    return typeof window === 'object' && !!window.opener && window.opener !== window
  } catch {
    return false
  }
}

function stored(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function keep(key: string, value: string): void {
  try {
    if (value === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // Without it a loop is not noticed; nothing else is lost.
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(reasonOf(signal))
    signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true })
  })
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('given up', 'AbortError')
}

/** Sign-ins that are in storage already: a callback that is handled twice stores them once. */
const taken = new WeakMap<Login, Promise<void>>()
const ANSWER = ['code', 'state', 'iss', 'session_state', 'error', 'error_description', 'error_uri']
const MOST_ISSUED = 4
const CLOCK_TOLERANCE = 60_000
