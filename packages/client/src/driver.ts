import { tokenAnswer } from './answer.js'
import { errorOf } from './causes.js'
import type { Core, Holder } from './core.js'
import { SessionError } from './errors.js'
import { fields, message, type Field } from './fields.js'
import type { Issuer } from './issuer.js'
import { decode, encode } from './stored.js'
import type { Held, Place } from './storage/place.js'
import type { SessionOptions, Tokens } from './types.js'
import { Waiters } from './waiters.js'

/** What the driver tells about; `snapshot` are the core's fields. */
export interface Listener {
  changed(snapshot: string[]): void
  event(event: string[]): void
}

/**
 * Runs one holder: **hand in, drain, wait**. It does what the core asks for and decides nothing.
 */
export class Driver {
  readonly #holder: Holder
  readonly #waiters = new Waiters()
  readonly #locks = new Map<string, AbortController>()
  readonly #held = new Map<string, Held>()
  readonly #stop: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #outputs: string[][] = []
  #draining = false
  #snapshot = ''
  #closed = false
  /** Why the last read or write of storage failed. */
  #fault: unknown

  constructor(
    private readonly core: Core,
    private readonly place: Place,
    private readonly issuer: Issuer,
    private readonly options: SessionOptions,
    private readonly listener: Listener,
  ) {
    this.#holder = core.holder(configuration(options))
    this.#listen()
    this.#handle('opened')
    if (typeof document === 'object' && document.visibilityState === 'hidden')
      this.#handle('hidden')
  }

  /** An access token: `token, type, generation, fresh_until`. */
  async token(rejected: string | null): Promise<string[]> {
    const { number, settled } = this.#waiters.add()
    this.#handle('token_wanted', number, rejected)
    return this.#good(await settled)
  }

  async signedIn(tokens: Tokens, subject: string | null, requestedAt: number): Promise<void> {
    const { number, settled } = this.#waiters.add()
    this.#handle('signed_in', number, ...grant(tokens, subject, requestedAt))
    this.#good(await settled)
  }

  async signOut(scope: 'issuer' | 'local'): Promise<void> {
    const { number, settled } = this.#waiters.add()
    this.#handle('sign_out_wanted', number, scope)
    this.#good(await settled)
  }

  active(): void {
    this.#handle('user_active')
  }

  /** Ends timers, listeners and locks; whoever waits is told. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    for (const stop of this.#stop) stop()
    for (const waiting of this.#locks.values()) waiting.abort()
    for (const held of this.#held.values()) void held.release()
    this.#waiters.rejectAll(closed())
    this.#holder.free()
  }

  #handle(...input: readonly Field[]): void {
    if (this.#closed) {
      this.#waiters.rejectAll(closed())
      return
    }
    this.#holder.handle(message(...input), Date.now(), performance.now())
    for (let next = this.#holder.poll(); next !== undefined; next = this.#holder.poll()) {
      this.#outputs.push(fields(next))
    }
    this.#drain()
  }

  /** One after the other, also where a listener calls back in between. */
  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    try {
      this.#tell()
      for (let next = this.#outputs.shift(); next; next = this.#outputs.shift()) {
        this.#act(next)
        this.#tell()
      }
    } finally {
      this.#draining = false
      this.#wait()
    }
  }

  #tell(): void {
    if (this.#closed) return
    const snapshot = this.#holder.snapshot()
    if (snapshot === this.#snapshot) return
    this.#snapshot = snapshot
    this.listener.changed(fields(snapshot))
  }

  #wait(): void {
    clearTimeout(this.#timer)
    if (this.#closed) return
    const due = this.#holder.timeout()
    if (due === undefined) return
    const timer = setTimeout(() => this.#handle('elapsed'), Math.max(0, due - performance.now()))
    this.#timer = timer
    // In Node, a session alone does not keep the program running; a caller that waits does.
    if (this.#waiters.none && typeof timer === 'object') (timer as { unref(): void }).unref()
  }

  #act([name, op = '', ...rest]: string[]): void {
    switch (name) {
      case 'load':
        return void this.#load(op)
      case 'save':
        return void this.#save(op, Number(rest[0]), rest.slice(1))
      case 'lock':
        return void this.#lock(op, Number(rest[0]))
      case 'unlock':
        return this.#unlock(op)
      case 'exchange':
        return void this.#exchange(op, rest)
      case 'revoke':
        return void this.#revoke(op)
      case 'publish':
        return this.place.publish?.(Number(op))
      case 'settle':
        return this.#waiters.settle(Number(op), rest)
      default:
        return this.listener.event([op, ...rest])
    }
  }

  async #load(op: string): Promise<void> {
    let outcome: Field[]
    this.#fault = undefined
    try {
      const text = await this.place.load()
      const found = text === null ? null : decode(text)
      outcome = text === null ? ['empty'] : found ? ['found', ...found] : ['unreadable']
    } catch (cause) {
      this.#fault = cause
      outcome = ['failed']
    }
    this.#handle('loaded', op, ...outcome)
  }

  async #save(op: string, replaces: number, stored: string[]): Promise<void> {
    let outcome: string
    this.#fault = undefined
    try {
      outcome = (await this.place.save(replaces, encode(stored))) ? 'done' : 'conflict'
    } catch (cause) {
      this.#fault = cause
      outcome = 'failed'
    }
    this.#handle('saved', op, outcome)
  }

  async #lock(op: string, lease: number): Promise<void> {
    const waiting = new AbortController()
    this.#locks.set(op, waiting)
    const held = await this.place.lock?.(lease, waiting.signal).catch(() => null)
    this.#locks.delete(op)
    if (!held) return this.#handle('lock_refused', op)
    if (waiting.signal.aborted || this.#closed) return void held.release()
    this.#held.set(op, held)
    void held.lost.then(() => {
      if (this.#held.delete(op)) this.#handle('lock_lost', op)
    })
    this.#handle('lock_granted', op)
  }

  #unlock(op: string): void {
    this.#locks.get(op)?.abort()
    const held = this.#held.get(op)
    this.#held.delete(op)
    void held?.release()
  }

  async #exchange(op: string, [kind, refreshToken]: string[]): Promise<void> {
    this.#handle('exchanged', op, ...(await this.#ask(kind ?? '', refreshToken ?? '')))
  }

  async #ask(kind: string, refreshToken: string): Promise<Field[]> {
    try {
      if (kind === 'callback') return await this.#call()
      const id = this.options.clientSecret === undefined ? this.options.clientId : ''
      const what = kind === 'refresh' ? refreshToken : (this.options.scope ?? '')
      const [body = ''] = this.core.ask(kind, id, what)
      const answer = await this.issuer.token(body)
      // Nothing unverified is stored: the ID token of the sign-in stays.
      const { id_token: _, ...members } = answer.members
      const told = tokenAnswer({ ...answer, members })
      return [answer.issuerTime, 'answer', answer.requestedAt, ...told]
    } catch (cause) {
      const misconfigured = cause instanceof SessionError && cause.code === 'misconfigured'
      return [null, misconfigured ? 'misconfigured' : 'unavailable']
    }
  }

  async #call(): Promise<Field[]> {
    const requestedAt = Date.now()
    const tokens = await this.options.getTokens?.()
    if (!tokens) return [null, 'misconfigured']
    return [null, 'tokens', ...grant(tokens, null, requestedAt)]
  }

  async #revoke(refreshToken: string): Promise<void> {
    const id = this.options.clientSecret === undefined ? this.options.clientId : ''
    const [body = ''] = this.core.ask('revoke', id, refreshToken)
    // Whoever signed out has signed out, whether or not the issuer can be reached.
    await this.issuer.revoke(body).catch(() => undefined)
  }

  #good(answer: string[]): string[] {
    if (answer[0] === 'token' || answer[0] === 'done') return answer.slice(1)
    throw errorOf(answer, this.#fault)
  }

  #listen(): void {
    const changed = this.place.watch?.(() => this.#handle('peer_changed'))
    if (changed) this.#stop.push(changed)
    if (typeof window !== 'object' || typeof document !== 'object') return
    const on = (target: EventTarget, name: string, handle: () => void): void => {
      target.addEventListener(name, handle)
      this.#stop.push(() => target.removeEventListener(name, handle))
    }
    on(document, 'visibilitychange', () =>
      this.#handle(document.visibilityState === 'hidden' ? 'hidden' : 'woke_up'),
    )
    on(document, 'resume', () => this.#handle('woke_up'))
    on(window, 'pageshow', () => this.#handle('woke_up'))
    on(window, 'online', () => this.#handle('online'))
  }
}

function closed(): SessionError {
  return new SessionError('closed', 'the session object was closed')
}

function grant(tokens: Tokens, subject: string | null, requestedAt: number): Field[] {
  const { accessToken, tokenType, expiresIn, refreshToken, idToken, scope } = tokens
  const life = expiresIn === undefined ? null : Math.max(0, expiresIn * 1000)
  return [accessToken, tokenType, life, null, refreshToken, idToken, scope, subject, requestedAt]
}

/** The core's configuration: ten fields, the empty one is the default. */
function configuration(options: SessionOptions): string {
  const millis = (secs: number | undefined): number | null =>
    secs === undefined ? null : secs * 1000
  const source = options.source === 'sign_in' ? 'refresh_token' : options.source
  return message(
    source,
    millis(options.skewSecs),
    options.renewal,
    options.failurePolicy,
    millis(options.idleLimitSecs),
    millis(options.absoluteLimitSecs),
    null,
    null,
    null,
    null,
  )
}
