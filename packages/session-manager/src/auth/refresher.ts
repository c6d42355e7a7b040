import { createSession, type Session } from '@tenure/client'

import { bounded } from '../../../parts/body.js'
import { parseObject } from '../../../parts/json.js'
import type { SessionServer, Shown } from './server.js'
import { lifeOf, NO_TOKEN } from './stored.js'
import type { RefreshResponse } from './types.js'
import type { Vault } from './vault.js'

/**
 * A session of `@tenure/client` that refreshes as the original does. It decides when there is
 * something to refresh, once for all callers and pages, and what an answer means.
 */
export class Refresher {
  /** How many refreshes brought tokens here. */
  answers = 0
  /** How many are under way. */
  private asking = 0
  private session: Session | undefined
  /** The sealed data that came with an access token. */
  private readonly data = new Map<string, string>()

  constructor(
    private readonly vault: Vault,
    private readonly server: SessionServer,
  ) {}

  /** An access token that is not due. */
  async fresh(): Promise<string> {
    return this.open().accessToken()
  }

  /** A newer access token than this one, refreshed only where there is none yet. */
  async newer(rejected: string): Promise<string> {
    const session = this.open()
    await session.ready()
    const { answers } = this
    const token = await session.accessToken({ rejected })
    // It was not known to be that one: now it is.
    const isThat = token === rejected && this.answers === answers
    return isThat ? session.accessToken({ rejected }) : token
  }

  /** Refreshes: an access token, and the sealed data that came with it. */
  async renew(): Promise<{ token: string; data: string }> {
    let token = (await this.vault.read()).accessToken ?? NO_TOKEN
    // A refresh under way is as good.
    if (this.asking === 0) this.vault.expire(token)
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      token = await this.newer(token)
      const data = this.data.get(token)
      // What another page was given, or what somebody signed in with meanwhile, brings no data.
      if (data !== undefined && (await this.vault.read()).accessToken === token) {
        return { token, data }
      }
    }
    throw new Error('the session changed over and over: ask again')
  }

  private open(): Session {
    this.session ??= createSession({
      issuer: NOWHERE,
      clientId: 'session-manager',
      storage: this.vault,
      renewal: 'on_demand',
      metadata: {
        authorization_endpoint: `${NOWHERE}/authorize`,
        token_endpoint: `${NOWHERE}/token`,
        jwks_uri: `${NOWHERE}/jwks`,
        revocation_endpoint: REVOKE,
      },
      fetch: this.fetch,
    })
    return this.session
  }

  /** The session's requests, in the form of the original. */
  private fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const form = new URLSearchParams(String(init.body))
    if (input === REVOKE) return this.revoke(form.get('token') ?? '')
    const shown = await this.shown(form.get('refresh_token'))
    const { login } = this.vault
    this.asking += 1
    try {
      const answer = await this.server.refresh(shown, init.signal)
      this.vault.noteLogin(answer.refresh_token, login)
      return this.granted(answer, shown)
    } catch (cause) {
      if (typeof (cause as Partial<Response> | null)?.status === 'number') {
        return refusal(cause as Response)
      }
      throw cause
    } finally {
      this.asking -= 1
    }
  }

  /** Ends a token that came too late, unless it is of the sign-in that there is. */
  private async revoke(refreshToken: string): Promise<Response> {
    const { login } = this.vault
    const isOfThis = login !== undefined && this.vault.loginOf(refreshToken) === login
    if (!isOfThis && refreshToken !== NO_TOKEN) {
      await this.server.logout({ accessToken: null, refreshToken })
    }
    return new Response()
  }

  private async shown(given: string | null): Promise<Shown> {
    const { accessToken } = await this.vault.read()
    return { accessToken, refreshToken: given === NO_TOKEN ? null : given }
  }

  private granted(answer: Partial<RefreshResponse>, { accessToken }: Shown): Response {
    const { session_data = '', refresh_token, access_token = accessToken } = answer
    const told = { token_type: 'Bearer', access_token, refresh_token }
    if (!access_token) return Response.json(told)
    this.answers += 1
    this.data.set(access_token, session_data)
    const [oldest = ''] = this.data.keys()
    if (this.data.size > MOST_DATA) this.data.delete(oldest)
    const expires_in = lifeOf(access_token, access_token !== accessToken)
    return Response.json({ ...told, expires_in })
  }
}

/** An answer that brings no tokens, as the core reads it: 401 is this server's refusal. */
async function refusal(response: Response): Promise<Response> {
  const { status, headers } = response
  const members = parseObject(await bounded(response).catch(() => '')) ?? {}
  const isNo = status === 401
  const told = isNo ? { error: 'invalid_grant' } : members
  return Response.json(told, { status: isNo ? 400 : status, headers: spanIn(headers) })
}

function spanIn(headers: Headers | undefined): Record<string, string> {
  const span = headers?.get('retry-after')
  return span ? { 'retry-after': span } : {}
}

/** The session wants addresses; every request to them is sent elsewhere. */
const NOWHERE = 'https://session-manager.invalid'
const REVOKE = `${NOWHERE}/revoke`
const MOST_TRIES = 4
const MOST_DATA = 4
