import { tokenAnswer } from './answer.js'
import type { Core } from './core.js'
import { SessionError } from './errors.js'
import { base64url, subtle, verify } from './id_token.js'
import type { Issuer } from './issuer.js'
import { Records } from './records.js'
import type { ErrorCode, Identity, SessionOptions, SignInOptions, Tokens } from './types.js'

/** Tokens that a sign-in brought, and who signed in. */
export interface Login {
  tokens: Tokens
  identity: Identity | null
  returnTo: string | null
  requestedAt: number
}

/** Begins and finishes sign-ins. */
export class Logins {
  readonly #finishing = new Map<string, Promise<Login>>()

  constructor(
    private readonly core: Core,
    private readonly issuer: Issuer,
    private readonly options: SessionOptions,
    private readonly name: string,
  ) {}

  /** The address to send the person to. */
  async begin(asked: SignInOptions, returnTo: string): Promise<string> {
    const { authorization_endpoint: endpoint } = await this.issuer.metadata()
    if (!endpoint) {
      throw new SessionError('misconfigured', 'the issuer names no authorization_endpoint')
    }
    const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))
    const verifier = random()
    const digest = await subtle().digest('SHA-256', new TextEncoder().encode(verifier))
    const records = new Records(this.name)
    const more = { ...this.options.parameters, ...asked.parameters }
    // From reading the records to writing them nothing may wait: another tab may begin, too.
    const [kind, url = '', ...kept] = this.core.ask(
      'begin',
      Date.now(),
      this.options.issuer,
      asked.redirectUri ?? redirectUri(this.options),
      returnTo,
      random(),
      random(),
      verifier,
      base64url(digest),
      endpoint,
      this.options.clientId,
      this.options.scope ?? DEFAULT_SCOPE,
      ...records.fields(),
      ...Object.entries(more).flat(),
    )
    if (kind !== 'url') {
      const name = kept[0] ?? ''
      throw new SessionError('misconfigured', `the parameter ${name} is set by Tenure`, {
        detail: name,
      })
    }
    records.keep(kept)
    return url
  }

  /** Finishes a sign-in; `null` where the address is no callback. The same one once only. */
  finish(address: URL): Promise<Login> | null {
    const pairs = [...address.searchParams, ...new URLSearchParams(address.hash.slice(1))]
    const read = this.core.ask('callback', ...pairs.flat())
    if (read[1] === 'not_a_callback') return null
    const id = read.join(' ')
    const known = this.#finishing.get(id)
    if (known) return known
    const finishing = this.#finish(read)
    this.#finishing.set(id, finishing)
    return finishing
  }

  async #finish(read: string[]): Promise<Login> {
    if (read[0] === 'fault') {
      throw new SessionError('invalid_callback', `the answer of the issuer is not clear`, {
        detail: read[1] ?? '',
      })
    }
    const isCode = read[0] === 'code'
    const [state = '', iss = ''] = isCode ? read.slice(2) : read.slice(3)
    const records = new Records(this.name)
    // The state is used up before anything is waited for.
    const finished = this.core.ask('finish', Date.now(), state, iss, ...records.fields())
    if (finished[0] !== 'login') {
      const [, fault = '', ...kept] = finished
      records.keep(kept)
      throw stateError(fault)
    }
    const [, redirect = '', returnTo = '', nonce = '', verifier = '', , ...kept] = finished
    records.keep(kept)
    if (!isCode) throw refused(read)
    const id = this.options.clientSecret === undefined ? this.options.clientId : ''
    const [body = ''] = this.core.ask('code', id, read[1], redirect, verifier)
    const login = await this.#exchange(body, nonce)
    return { ...login, returnTo: returnTo === '' ? null : returnTo }
  }

  async #exchange(body: string, nonce: string): Promise<Omit<Login, 'returnTo'>> {
    const answer = await this.issuer.token(body)
    const [kind, ...said] = this.core.ask('login', answer.requestedAt, ...tokenAnswer(answer))
    if (kind !== 'grant') throw loginError(said, answer.members['error_description'])
    const [accessToken = '', tokenType = '', life = '', refreshToken, idToken, scope] = said
    const tokens: Tokens = { accessToken, tokenType }
    if (life !== '') tokens.expiresIn = Number(life) / 1000
    if (refreshToken) tokens.refreshToken = refreshToken
    if (scope) tokens.scope = scope
    if (!idToken) {
      if (!(this.options.scope ?? DEFAULT_SCOPE).split(' ').includes('openid')) {
        return { tokens, identity: null, requestedAt: answer.requestedAt }
      }
      throw new SessionError('invalid_id_token', 'the issuer sent no ID token', {
        detail: 'missing',
      })
    }
    tokens.idToken = idToken
    const identity = await verify(this.core, this.issuer, this.options, idToken, nonce)
    return { tokens, identity, requestedAt: answer.requestedAt }
  }
}

/** Where the person comes back to. */
export function redirectUri(options: SessionOptions): string {
  return options.redirectUri ?? `${location.origin}${location.pathname}`
}

function stateError(fault: string): SessionError {
  if (fault === 'issuer_mismatch') {
    return new SessionError('invalid_callback', 'another issuer answered', { detail: fault })
  }
  const message = STATE[fault] ?? 'this sign-in is not known'
  return new SessionError(fault as ErrorCode, `${message}: sign in again`)
}

function refused([, error = '', kind = '', , , description = '']: string[]): SessionError {
  const said = description === '' ? error : `${error}: ${description}`
  return kind === 'unavailable'
    ? new SessionError('unavailable', `the issuer answered ${said}`, { detail: error })
    : new SessionError('refused', `the issuer answered ${said}`, { detail: error })
}

function loginError([fault = '', outage = '']: string[], description: unknown): SessionError {
  const said = typeof description === 'string' ? `: ${description.slice(0, 200)}` : ''
  switch (fault) {
    case 'refused':
      return new SessionError('refused', `the code is not valid any more${said}: sign in again`, {
        detail: 'invalid_grant',
      })
    case 'unavailable':
      return new SessionError('unavailable', `the issuer cannot be used now: ${outage}`, {
        detail: outage,
        retryAfter: 1000,
      })
    default:
      return new SessionError('misconfigured', `the issuer refuses this client${said}`)
  }
}

const STATE: Record<string, string> = {
  state_missing: 'no sign-in was begun here',
  state_expired: 'this sign-in took too long',
  state_mismatch: 'this answer belongs to a sign-in that was not begun here',
  state_already_used: 'this sign-in was finished already',
}

const DEFAULT_SCOPE = 'openid profile offline_access'
