import { readCallback } from './callback.js'
import { loadCore } from './core.js'
import { Driver } from './driver.js'
import { Emitter } from './emitter.js'
import { errorOf, SessionError } from './errors.js'
import { send, until } from './http.js'
import { openIssuer } from './issuer.js'
import type { LoginContext } from './login.js'
import type { Tell } from './messages.js'
import { failed, isGood, read, type Known, type Token } from './snapshot.js'
import { chooseStorage } from './storage/choose.js'
import type {
  CallbackResult,
  Identity,
  Session,
  SessionEvents,
  SessionOptions,
  SignInOptions,
  SignOutOptions,
  Snapshot,
  Tokens,
} from './types.js'

/** Opens a session. It reads nothing and starts nothing until the next turn of the event loop. */
export function createSession(options: SessionOptions): Session {
  // Frameworks wrap what can be extended in proxies; private members do not work through those.
  return Object.preventExtensions(new Opened(options))
}

class Opened implements Session {
  readonly #options: SessionOptions
  readonly #name: string
  readonly #events = new Emitter<SessionEvents & { changed: undefined }>()
  readonly #context: Promise<LoginContext>
  readonly #known: Promise<void>
  #resolveKnown!: () => void
  #now: Known = { shown: Object.freeze({ status: 'loading' }) }
  #driver: Driver | undefined
  #closed = false
  #callback: { href: string; result: Promise<CallbackResult | null> } | undefined
  /** Which tokens the last access tokens were, for whoever is refused one. */
  readonly #issued = new Map<string, string>()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#name = `tenure:${options.name ?? `${options.issuer}|${options.clientId}`}`
    this.#known = new Promise((resolve) => (this.#resolveKnown = resolve))
    this.#context = this.#start()
    this.#context.catch((cause: SessionError) => this.#show(failed(cause, false)))
  }

  get identity(): Identity | null {
    const { shown } = this.#now
    return shown.status === 'signed_in' ? shown.identity : null
  }

  snapshot = (): Snapshot => this.#now.shown

  subscribe = (listener: () => void): (() => void) => this.#events.on('changed', listener)

  on = <K extends keyof SessionEvents>(
    name: K,
    listener: (event: SessionEvents[K]) => void,
  ): (() => void) => this.#events.on(name, listener as never)

  ready = async (): Promise<Snapshot> => {
    await this.#known
    const { shown } = this.#now
    if (shown.status === 'failed') throw shown.error
    return shown
  }

  accessToken = async (
    asked: { rejected?: string; signal?: AbortSignal } = {},
  ): Promise<string> => {
    const { rejected, signal } = asked
    const { token } = this.#now
    if (rejected === undefined && isGood(token)) return token.accessToken
    const issued = this.#issued.get(rejected ?? '') ?? null
    return (await until(signal, this.#token(issued))).accessToken
  }

  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { fetch = globalThis.fetch, allowedOrigins } = this.#options
    const here = typeof location === 'object' ? [location.origin] : []
    return send(this.#token, fetch, allowedOrigins ?? here, input, init)
  }

  signIn = async (asked: SignInOptions = {}): Promise<void> => {
    if (typeof location !== 'object' && !asked.open) {
      throw new SessionError('misconfigured', 'signIn needs a page: here is none')
    }
    const { shown } = this.#now
    // Before the person goes to the trouble.
    if (shown.status === 'failed' && !shown.signInHelps) throw shown.error
    // Before the first wait, or the browser blocks the window.
    const popup = asked.mode === 'popup' ? openPopup() : null
    try {
      const { signIn } = await signInCode()
      await signIn(await this.#context, asked, popup)
    } finally {
      popup?.close()
    }
  }

  handleCallback = (url?: string | URL): Promise<CallbackResult | null> => {
    const href = String(url ?? (typeof location === 'object' ? location.href : ''))
    if (this.#callback?.href !== href) {
      this.#callback = { href, result: this.#finishCallback(href, url === undefined) }
    }
    return this.#callback.result
  }

  signOut = async (asked: SignOutOptions = {}): Promise<void> => {
    const { core, driver, issuer } = await this.#context
    const { idToken } = this.#now
    await driver.signOut(asked.localOnly ? 'local' : 'issuer')
    if (!asked.everywhere || typeof location !== 'object') return
    const { end_session_endpoint } = await issuer.metadata()
    const back = asked.returnTo && new URL(asked.returnTo, location.href).href
    const { clientId } = this.#options
    const about = [null, clientId, null, null, end_session_endpoint, back, idToken, null] as const
    const [address] = core.ask('sign_out', ...about)
    if (address) location.assign(address)
  }

  adopt = async (tokens: Tokens, identity?: Identity): Promise<void> => {
    const { driver } = await this.#context
    await driver.signedIn(tokens, identity?.sub ?? null, Date.now())
  }

  active = (): void => this.#driver?.active()

  close = (): void => {
    this.#closed = true
    this.#driver?.close()
    this.#resolveKnown()
  }

  async #start(): Promise<LoginContext> {
    const core = await loadCore()
    const options = this.#options
    const place = chooseStorage(options.storage, this.#name, (error) =>
      this.#events.emit('storageUnavailable', { error }),
    )
    const issuer = openIssuer(core, options)
    const driver = new Driver(core, place, issuer, options, {
      changed: (fields, fault) => this.#show(read(fields, this.#now, fault)),
      event: (event) => this.#event(event),
      notRevoked: (about) => this.#events.emit('notRevoked', about),
    })
    this.#driver = driver
    if (this.#closed) driver.close()
    return { core, driver, issuer, options, name: this.#name }
  }

  async #finishCallback(href: string, own: boolean): Promise<CallbackResult | null> {
    const context = await this.#context
    const address = href && new URL(href)
    const read = address && readCallback(context.core, address)
    if (!read) return null
    const { finishCallback } = await signInCode().catch((cause: unknown) => {
      // Nothing is used up yet: it may be tried again.
      this.#callback = undefined
      throw cause
    })
    return finishCallback(context, address, read, own)
  }

  #token = async (rejected: string | null): Promise<Token> => {
    const { token } = this.#now
    if (rejected === null && isGood(token)) return token
    const { driver } = await this.#context
    const [, accessToken, tokenType, issued] = await driver.token(rejected)
    const now = this.#now.token
    if (now?.accessToken === accessToken) return now
    return { accessToken, tokenType, issued, login: '', times: OVER }
  }

  #show(now: Known): void {
    const before = this.#now
    const { token, shown } = (this.#now = now)
    if (token) {
      this.#issued.set(token.accessToken, token.issued)
      const [oldest = ''] = this.#issued.keys()
      if (this.#issued.size > MOST_ISSUED) this.#issued.delete(oldest)
    }
    if (shown.status !== 'loading') this.#resolveKnown()
    if (shown === before.shown) return
    if (shown.status === 'failed') this.#tell(shown.error)
    this.#events.emit('changed', undefined)
  }

  /** A page that shows nothing of it would leave its developer in the dark. */
  #tell(error: SessionError): void {
    const heard = this.#events.emit('failed', { error })
    if (!heard && typeof window === 'object') console.error(error)
  }

  #event([, ...event]: Tell): unknown {
    switch (event[0]) {
      case 'signed_in':
        return this.#events.emit('signedIn', { identity: this.identity })
      case 'user_changed':
        return this.#events.emit('userChanged', { identity: this.identity })
      case 'refreshed':
        return this.#events.emit('refreshed', {})
      case 'signed_out':
        return this.#events.emit('signedOut', { reason: event[1] })
      case 'refresh_failed':
        return this.#events.emit('refreshFailed', { error: errorOf(event.slice(1)) })
      default:
        throw new TypeError(event satisfies never)
    }
  }
}

/** What most pages do not need at their start. */
function signInCode(): Promise<typeof import('./sign_in.js')> {
  return import('./sign_in.js').catch((cause: unknown) => {
    throw new SessionError('unavailable', 'the code for signing in cannot be loaded now', { cause })
  })
}

function openPopup(): Window {
  const popup = window.open('about:blank', '_blank', 'popup,width=480,height=640')
  if (popup) return popup
  throw new SessionError('popup_blocked', 'the browser blocked the window: allow it, or redirect')
}

const MOST_ISSUED = 4
const OVER = { obtainedAt: 0, dueAt: 0, expiresAt: 0 }
