import { createSession, SessionError, type Session } from '@tenure/client'

import { messageOf, NO_ADDRESS, persist } from './faults.js'
import { asResponse } from './refresher.js'
import type { ReapitConnectServerSessionInitializers } from './types.js'
import { EARLY, readAnswer, type Members } from './wire.js'

/**
 * The access token of a program, by its own credentials.
 *
 * ```ts
 * const session = new ReapitConnectServerSession({
 *   connectOAuthUrl: 'https://connect.example',
 *   connectClientId: 'my-service',
 *   connectClientSecret: process.env.CLIENT_SECRET,
 * })
 * const accessToken = await session.connectAccessToken()
 * ```
 */
export class ReapitConnectServerSession {
  /** Seconds since the Unix epoch, 55 minutes from the start. Only version 3 read it. */
  static TOKEN_EXPIRY = Math.round(Date.now() / 1000) + 3300

  private readonly session: Session
  private readonly asksByQuery: boolean
  private readonly oauthUrl: unknown
  /** What the issuer said instead of a token, the last time. */
  private said = ''

  constructor(init: ReapitConnectServerSessionInitializers) {
    this.session = open(init, (members) => (this.said = saidIn(members)))
    this.asksByQuery = init.connectTokenRequest !== 'form'
    this.oauthUrl = init.connectOAuthUrl
    this.connectAccessToken = this.connectAccessToken.bind(this)
  }

  /** A fresh access token, got once for all who ask; `undefined` where there is none for now. */
  async connectAccessToken(): Promise<string | void> {
    try {
      if (!isAddress(this.oauthUrl)) throw new TypeError(NO_ADDRESS)
      return await persist(2, () => this.session.accessToken())
    } catch (cause) {
      const kind =
        cause instanceof SessionError
          ? 'Reapit Connect Token Error'
          : 'Reapit Connect Session error'
      const refused = cause instanceof SessionError && cause.code === 'misconfigured'
      const hint = refused && this.asksByQuery ? BY_FORM : ''
      console.error(kind, messageOf(cause) + hint + (refused ? this.said : ''))
    }
  }
}

function open(
  init: ReapitConnectServerSessionInitializers,
  heard: (members: Members) => void,
): Session {
  const { connectOAuthUrl, connectClientId: clientId, connectClientSecret: clientSecret } = init
  return createSession({
    issuer: connectOAuthUrl,
    clientId,
    clientSecret,
    source: 'client_credentials',
    storage: 'memory',
    renewal: 'on_demand',
    skewSecs: EARLY,
    metadata: {
      authorization_endpoint: `${connectOAuthUrl}/authorize`,
      token_endpoint: `${connectOAuthUrl}/token`,
      jwks_uri: `${connectOAuthUrl}/.well-known/jwks.json`,
    },
    fetch: async (url, request) => {
      const answer = await readAnswer(await ask(init, url, request?.signal))
      heard(answer.members)
      return asResponse(answer)
    },
  })
}

/** Asks as the original does: in the address, with the body that its HTTP client made of nothing. */
function ask(
  init: ReapitConnectServerSessionInitializers,
  url: RequestInfo | URL,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  const { connectClientId: id, connectClientSecret: secret } = init
  const query = `grant_type=client_credentials&client_id=${encodeURIComponent(id)}`
  const isForm = init.connectTokenRequest === 'form'
  return fetch(isForm ? url : `${url}?${query}`, {
    method: 'POST',
    headers: {
      Accept: 'application/json, text/plain, */*',
      Authorization: `Basic ${base64(`${id}:${secret}`)}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: isForm ? query : '{}',
    signal: signal ?? null,
  })
}

/** Base64 of the bytes of a text. */
function base64(text: string): string {
  return btoa(
    Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join(''),
  )
}

function saidIn({ error, error_description: more }: Members): string {
  const said = [error, more].filter((one) => typeof one === 'string').join(': ')
  return said && ` (it said: ${said.slice(0, LONGEST_SAID)})`
}

function isAddress(text: unknown): boolean {
  try {
    return /^https?:$/.test(new URL(String(text)).protocol)
  } catch {
    return false
  }
}

const LONGEST_SAID = 200
const BY_FORM = ", or set connectTokenRequest to 'form', which most servers need"
