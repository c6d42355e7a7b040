import {
  createSession,
  webLock,
  type LockGuard,
  type SessionStorage,
  type Session,
} from '@tenure/client'
import { bounded } from '../../parts/body.js'
import { fetcher } from './config.js'
import { form, withParameters } from './form.js'
import { sessionOptions } from './identity.js'
import { forget, note, noted } from './note.js'
import type { AuthProvider } from './provider/base.js'
import type { Mark } from './result.js'
import { generationOf, storedFrom, tokensOf } from './stored.js'
import type { AuthResult } from './types.js'

/** The newest tokens of one sign-in: in the stored form, and as the provider answered. */
export interface Newest {
  stored: string
  answer: string | null
}

/**
 * One sign-in as this page knows it. The session over it decides when to refresh, and does so once
 * for all pages. Tokens are kept in memory alone, because the application chooses where results
 * are stored; pages tell each other of new ones, and a number in localStorage says that there are
 * some.
 */
export class Family implements SessionStorage {
  newest: Newest | null = null
  /** Why the provider's class could not say how to refresh. */
  fault: unknown
  readonly #login: string
  readonly #name: string
  readonly #changed = new Set<() => void>()
  readonly #answers = new Map<string, string>()
  readonly #channel: BroadcastChannel | undefined
  #session: Session | undefined
  #last: { provider: AuthProvider; auth: AuthResult } | undefined

  constructor(login: string) {
    this.#login = login
    this.#name = `tenure:auth-connect:${login}`
    if (typeof window !== 'object' || typeof BroadcastChannel !== 'function') return
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }) => this.#heard(data as Newest | 'newest?')
  }

  /** The session over this sign-in, as `auth` and `provider` describe it. */
  open(provider: AuthProvider, auth: AuthResult, { generation }: Mark): Session {
    this.#last = { provider, auth }
    this.fault = undefined
    if (generation > this.#generation)
      this.#take({ stored: storedFrom(auth, generation), answer: null })
    const { manifest, options } = auth.provider
    this.#session ??= createSession({
      ...sessionOptions(manifest, options),
      name: this.#name.slice('tenure:'.length),
      storage: this,
      renewal: 'on_demand',
      fetch: this.#fetch,
    })
    return this.#session
  }

  get #generation(): number {
    return this.newest ? generationOf(this.newest.stored) : 0
  }

  async load(): Promise<string | null> {
    const expected = noted(this.#login)
    if (expected > this.#generation) await this.#ask(expected)
    return this.newest?.stored ?? null
  }

  async save(replaces: number, stored: string): Promise<boolean> {
    if (this.#generation !== replaces) return false
    const tokens = tokensOf(stored)
    this.newest = { stored, answer: this.#answers.get(tokens?.access_token ?? '') ?? null }
    this.#answers.clear()
    if (tokens) note(this.#login, generationOf(stored))
    else forget(this.#login)
    return true
  }

  lock(lease: number, signal: AbortSignal): Promise<LockGuard | null> {
    return webLock(this.#name)(lease, signal)
  }

  watch(changed: () => void): () => void {
    this.#changed.add(changed)
    return () => this.#changed.delete(changed)
  }

  close(): void {
    this.#session?.close()
    this.#channel?.close()
  }

  publish(): void {
    this.#channel?.postMessage(this.newest)
  }

  #take(newest: Newest): void {
    this.newest = newest
    for (const changed of [...this.#changed]) changed()
  }

  #heard(message: Newest | 'newest?'): void {
    if (message === 'newest?') {
      if (this.newest) this.publish()
      return
    }
    if (generationOf(message.stored) > this.#generation) this.#take(message)
  }

  /** Asks the other pages, and waits for a moment. */
  #ask(generation: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#channel) return resolve()
      const end = (): void => {
        clearTimeout(late)
        this.#changed.delete(look)
        resolve()
      }
      const look = (): void => {
        if (this.#generation >= generation) end()
      }
      const late = setTimeout(end, PATIENCE)
      this.#changed.add(look)
      this.#channel.postMessage('newest?')
    })
  }

  /** The session's requests, the refresh in the provider's own form. */
  #fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const sent = new URLSearchParams(typeof init.body === 'string' ? init.body : '')
    const refreshToken = sent.get('refresh_token')
    if (sent.get('grant_type') !== 'refresh_token' || !refreshToken || !this.#last) {
      return fetcher()(input, init)
    }
    const { provider, auth } = this.#last
    const request = await provider
      .refreshTokenRequest({ ...auth, refreshToken })
      .catch((cause: unknown) => {
        this.fault = cause
        throw cause
      })
    const name = request.tokenCodeName ?? 'refresh_token'
    const body = form({ ...request.payload, [name]: refreshToken })
    const response = await fetcher()(withParameters(request), { ...init, ...body })
    const answer = await bounded(response)
    this.#remember(answer)
    return new Response(answer || null, { status: response.status, headers: response.headers })
  }

  #remember(answer: string): void {
    try {
      const { access_token } = JSON.parse(answer) as { access_token?: unknown }
      if (typeof access_token === 'string') this.#answers.set(access_token, answer)
    } catch {
      // No answer that brings tokens.
    }
  }
}

/** The family of a sign-in, one for all of this page. Those of long ago are closed. */
export function familyOf({ login }: Mark): Family {
  const family = families.get(login) ?? new Family(login)
  families.delete(login)
  families.set(login, family)
  const [oldest] = families
  if (families.size > MOST && oldest) {
    families.delete(oldest[0])
    oldest[1].close()
  }
  return family
}

const PATIENCE = 1_000
const MOST = 16
const families = new Map<string, Family>()
