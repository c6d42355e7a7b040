import { tokenAnswer } from './reply.js'
import type { Core, Holder } from './core.js'
import { errorOf, SessionError } from './errors.js'
import { fields, message } from './fields.js'
import type { Issuer } from './issuer.js'
import type * as core from './messages.js'
import { decode, encode, faultOf } from './stored.js'
import type { LockGuard, SessionStorage, Unreadable } from './storage/session_storage.js'
import type { SessionEvents, SessionOptions, Tokens } from './types.js'

/** What the driver tells about; `snapshot` are the core's fields. */
export interface Listener {
  /** `fault` is what storage threw last. */
  changed(snapshot: core.Snapshot, fault: unknown): void
  event(told: core.Tell): void
  notRevoked(about: SessionEvents['notRevoked']): void
}

interface Waiter {
  resolve(result: core.Result): void
  reject(cause: unknown): void
}

/**
 * Runs one holder: **hand in, drain, wait**. It does what the core asks for and decides nothing.
 */
export class Driver {
  readonly #core: Core
  readonly #place: SessionStorage
  readonly #issuer: Issuer
  readonly #options: SessionOptions
  readonly #listener: Listener
  readonly #holder: Holder
  readonly #outputs: core.Output[] = []
  readonly #waiters = new Map<number, Waiter>()
  /** How to let each lock go, or its wait. */
  readonly #locks = new Map<string, () => void>()
  readonly #listening = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = 0
  #draining = false
  #snapshot = ''
  /** What the last read found. */
  #found = ''
  /** Why the last read or write of storage failed. */
  #fault: unknown
  readonly #unwatch: (() => void) | undefined

  constructor(
    core: Core,
    place: SessionStorage,
    issuer: Issuer,
    options: SessionOptions,
    listener: Listener,
  ) {
    this.#core = core
    this.#place = place
    this.#issuer = issuer
    this.#options = options
    this.#listener = listener
    this.#holder = core.holder(message(...configuration(options)))
    this.#unwatch = place.watch?.(() => this.#handle('peer_changed'))
    this.#handle('opened')
    this.#listen()
  }

  /** An access token. */
  token(rejected: string | null): Promise<core.Token> {
    return this.#want('token_wanted', rejected) as Promise<core.Token>
  }

  async signedIn(tokens: Tokens, subject: string | null, requestedAt: number): Promise<void> {
    await this.#want('signed_in', ...grant(tokens, subject, requestedAt))
  }

  async signOut(scope: 'issuer' | 'local'): Promise<void> {
    await this.#want('sign_out_wanted', scope)
  }

  active(): void {
    this.#handle('user_active')
  }

  /** Ends timers, listeners and locks; whoever waits is told. */
  close(): void {
    if (this.#closed) return
    this.#listening.abort()
    this.#unwatch?.()
    clearTimeout(this.#timer)
    for (const letGo of this.#locks.values()) letGo()
    this.#locks.clear()
    for (const { reject } of this.#waiters.values()) reject(closed())
    this.#holder.free()
  }

  get #closed(): boolean {
    return this.#listening.signal.aborted
  }

  #want(...[name, ...more]: WithoutWaiter<core.Wish>): Promise<core.Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closed()
      const number = ++this.#last
      this.#waiters.set(number, { resolve, reject })
      try {
        this.#handle(...([name, number, ...more] as core.Wish))
      } catch (cause) {
        this.#waiters.delete(number)
        throw new TypeError(`${name}: ${String(cause)} is not as it should be`)
      }
    })
  }

  #handle(...input: core.Input): void {
    if (this.#closed) return
    this.#holder.handle(message(...input), Date.now(), performance.now())
    for (let next; (next = this.#holder.poll()) !== undefined;) {
      this.#outputs.push(fields(next) as core.Output)
    }
    this.#drain()
    this.#wait()
  }

  /** One after the other, also where a listener calls back in between. */
  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    try {
      this.#tell()
      for (let next; !this.#closed && (next = this.#outputs.shift());) {
        this.#act(next)
        this.#tell()
      }
    } finally {
      this.#draining = false
    }
  }

  #tell(): void {
    const snapshot = this.#closed ? this.#snapshot : this.#holder.snapshot()
    if (snapshot === this.#snapshot) return
    this.#snapshot = snapshot
    this.#listener.changed(fields(snapshot) as core.Snapshot, this.#fault)
  }

  #wait(): void {
    clearTimeout(this.#timer)
    const due = this.#closed ? undefined : this.#holder.timeout()
    if (due === undefined) return
    this.#timer = setTimeout(() => this.#handle('elapsed'), Math.max(0, due - performance.now()))
    // In Node, a session that nobody waits for does not keep the program running.
    if (this.#waiters.size === 0) (this.#timer as { unref?(): void }).unref?.()
  }

  #act(output: core.Output): void {
    switch (output[0]) {
      case 'load':
        return void this.#load(output)
      case 'save':
      case 'replace':
        return void this.#save(output)
      case 'lock':
        return void this.#lock(output)
      case 'unlock':
        return this.#unlock(output)
      case 'exchange':
        return void this.#exchange(output)
      case 'revoke':
        return void (output.length === 2 ? this.#revoke(output) : this.#revokeElsewhere(output))
      case 'publish':
        return this.#place.publish?.(Number(output[1]))
      case 'settle':
        return this.#settle(output)
      case 'event':
        return this.#listener.event(output)
      default:
        throw new TypeError(output satisfies never)
    }
  }

  #settle([, number, ...result]: core.Settle): void {
    const waiter = this.#waiters.get(Number(number))
    this.#waiters.delete(Number(number))
    if (result[0] === 'token' || result[0] === 'done') waiter?.resolve(result)
    else waiter?.reject(errorOf(result, this.#fault))
  }

  async #load([, op]: core.Load): Promise<void> {
    let outcome: core.Loaded
    this.#fault = undefined
    try {
      const text = await this.#place.load()
      this.#found = text ?? ''
      const found = text === null ? null : decode(text)
      outcome = text === null ? ['empty'] : found ? ['found', ...found] : unreadable(faultOf(text))
    } catch (cause) {
      this.#fault = cause
      const { fault, generation } = cause as Partial<Unreadable>
      outcome = unreadable(fault, generation)
    }
    try {
      this.#handle('loaded', op, ...outcome)
    } catch {
      // The core understands less than the form allows.
      this.#handle('loaded', op, ...unreadable('damaged'))
    }
  }

  async #save([how, op, replaces, ...stored]: core.Save): Promise<void> {
    let outcome: 'done' | 'conflict' | 'failed' = 'failed'
    this.#fault = undefined
    try {
      const text = encode(stored)
      const done = await (how === 'save'
        ? this.#place.save(Number(replaces), text)
        : this.#place.replace?.(Number(replaces), text, this.#found))
      if (done !== undefined) outcome = done ? 'done' : 'conflict'
    } catch (cause) {
      this.#fault = cause
    }
    this.#handle('saved', op, outcome)
  }

  async #lock([, op, lease]: core.Lock): Promise<void> {
    const waiting = new AbortController()
    this.#locks.set(op, () => waiting.abort())
    let held: LockGuard | null | undefined
    try {
      held = await this.#place.lock?.(Number(lease), waiting.signal)
    } catch {
      // Storage compares generations: it goes without a lock.
    }
    const wanted = this.#locks.delete(op)
    if (!held) return this.#handle('lock_refused', op)
    if (!wanted) return void held.release()
    this.#locks.set(op, () => void held.release())
    this.#handle('lock_granted', op)
    await held.lost
    if (this.#locks.delete(op)) this.#handle('lock_lost', op)
  }

  #unlock([, op]: core.Unlock): void {
    this.#locks.get(op)?.()
    this.#locks.delete(op)
  }

  async #exchange(output: core.Exchange): Promise<void> {
    const [, op, request] = output
    try {
      const answer = request === 'callback' ? await this.#call() : await this.#ask(output)
      this.#handle('exchanged', op, ...answer)
    } catch (cause) {
      const code = cause instanceof SessionError ? cause.code : ''
      const known = code === 'misconfigured' || code === 'refused'
      this.#handle('exchanged', op, null, known ? code : 'unavailable')
    }
  }

  async #ask(output: core.Exchange): Promise<core.Exchanged> {
    const body =
      output[2] === 'refresh'
        ? this.#body('refresh', output[3])
        : this.#body('client_credentials', this.#options.scope ?? '')
    const answer = await this.#issuer.token(body)
    // Nothing unverified is stored: the ID token of the sign-in stays.
    answer.members['id_token'] = null
    return [answer.issuerTime, 'answer', answer.requestedAt, ...tokenAnswer(answer)]
  }

  async #call(): Promise<core.Exchanged> {
    const requestedAt = Date.now()
    const tokens = await this.#options.getTokens?.()
    return tokens ? [null, 'tokens', ...grant(tokens, null, requestedAt)] : [null, 'misconfigured']
  }

  async #revoke([, refreshToken]: core.Revoke): Promise<void> {
    // Whoever signed out has signed out, whether or not the issuer can be reached.
    await this.#issuer.revoke(this.#body('revoke', refreshToken)).catch(() => undefined)
  }

  /** The session that a sign-in here took the place of is over at its own issuer, too. */
  async #revokeElsewhere([, refreshToken, issuer, clientId]: Elsewhere): Promise<void> {
    try {
      const { revokeAt } = await import('./elsewhere.js')
      await revokeAt(this.#core, { ...this.#options, issuer, clientId }, refreshToken)
    } catch (error) {
      this.#listener.notRevoked({ issuer, clientId, error: error as SessionError })
    }
  }

  #body(kind: 'refresh' | 'revoke' | 'client_credentials', what: string): string {
    return this.#core.ask(kind, clientIn(this.#options), what)[0] ?? ''
  }

  #listen(): void {
    if (typeof window !== 'object' || typeof document !== 'object') return
    const { signal } = this.#listening
    const look = (): void =>
      this.#handle(document.visibilityState === 'hidden' ? 'hidden' : 'woke_up')
    for (const name of ['visibilitychange', 'resume']) {
      document.addEventListener(name, look, { signal })
    }
    window.addEventListener('pageshow', look, { signal })
    window.addEventListener('online', () => this.#handle('online'), { signal })
    if (document.visibilityState === 'hidden') look()
  }
}

type Elsewhere = Extract<core.Revoke, { length: 4 }>

/** A wish of a caller, before it has its number. */
type WithoutWaiter<W> = W extends [infer Name, unknown, ...infer More] ? [Name, ...More] : never

/** The client as a body names it; one with a secret is named in the header. */
export function clientIn({ clientId, clientSecret }: SessionOptions): string {
  return clientSecret === undefined ? clientId : ''
}

function closed(): SessionError {
  return new SessionError('closed', 'the session object was closed')
}

/** What keeps a place from being read; where nothing is said of it, it may pass. */
function unreadable(fault?: 'damaged' | 'newer', generation?: number): core.Loaded {
  return fault === 'damaged' ? [fault, generation] : [fault ?? 'failed']
}

function grant(tokens: Tokens, subject: string | null, requestedAt: number): core.TokenGrant {
  const { accessToken, tokenType, expiresIn, refreshToken, idToken, scope } = tokens
  const life = expiresIn === undefined ? null : Math.max(0, expiresIn * 1000)
  return [accessToken, tokenType, life, null, refreshToken, idToken, scope, subject, requestedAt]
}

/** The core's configuration: what is empty is the default. */
function configuration(options: SessionOptions): core.Configuration {
  const millis = (secs: number | undefined): number | undefined => secs && secs * 1000
  const { source, renewal, failurePolicy } = options
  return [
    source === 'sign_in' ? null : source,
    // Zero is a skew of its own; as a limit it means none.
    options.skewSecs === undefined ? null : options.skewSecs * 1000,
    renewal,
    failurePolicy,
    millis(options.idleLimitSecs),
    millis(options.absoluteLimitSecs),
    null,
    null,
    null,
    null,
    options.issuer,
    options.clientId,
  ]
}
