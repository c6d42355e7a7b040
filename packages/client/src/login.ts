import { base64url } from '../../parts/jwt.js'
import type { Core } from './core.js'
import { clientIn, type Driver } from './driver.js'
import { errorOf, SessionError } from './errors.js'
import { invalid, subtle, verify } from './id_token.js'
import type { Issuer } from './issuer.js'
import { beginLogin, finishLogin, unfinished } from './pending_login.js'
import { readTokenResponse, type TokenResponse } from './token_response.js'
import type { CallbackResult, SessionOptions, SignInOptions } from './types.js'

/** What a sign-in needs of a session. */
export interface LoginContext {
  readonly core: Core
  readonly driver: Driver
  readonly issuer: Issuer
  readonly options: SessionOptions
  readonly name: string
}

/** Begins a sign-in: the address to send the person to. */
export async function begin(
  { core, issuer, options, name }: LoginContext,
  asked: SignInOptions,
  redirectUri: string,
  returnTo: string,
): Promise<string> {
  // First, for where it is missing much else fails, too.
  const webCrypto = subtle()
  const { authorization_endpoint } = await issuer.metadata()
  const codeVerifier = random()
  const digest = await webCrypto.digest('SHA-256', new TextEncoder().encode(codeVerifier))
  return beginLogin(core, name, {
    issuer: options.issuer,
    authorizationEndpoint: authorization_endpoint,
    clientId: options.clientId,
    redirectUri,
    scope: options.scope ?? DEFAULT_SCOPE,
    returnTo,
    state: random(),
    nonce: random(),
    codeVerifier,
    codeChallenge: base64url(digest),
    parameters: { ...options.parameters, ...asked.parameters },
  })
}

/** Finishes a sign-in from the callback that the core has read, and stores its tokens. */
export async function finish(
  context: LoginContext,
  read: readonly string[],
): Promise<CallbackResult> {
  const [kind, first = '', ...rest] = read
  if (kind === 'fault') throw unfinished(first)
  const [state, iss] = kind === 'code' ? rest : rest.slice(1)
  // The state is used up before anything is waited for.
  const login = finishLogin(context.core, context.name, state, iss)
  if (kind !== 'code') throw refused(first, rest)
  const { authorization_response_iss_parameter_supported: announced, retry_key_supported } =
    await context.issuer.metadata()
  // RFC 9207 §2.4.
  if (announced && !iss) throw unfinished('issuer_missing')
  const { redirectUri, codeVerifier, nonce, returnTo } = login
  const about = [clientIn(context.options), first, redirectUri, codeVerifier] as const
  const [form = ''] = context.core.ask('code', ...about)
  // It tells the issuer that this holder understands 409; nobody keeps it.
  const body = retry_key_supported === true ? `${form}&retry_key=${random()}` : form
  return { identity: await exchange(context, body, nonce), returnTo: returnTo || null }
}

async function exchange(
  { core, driver, issuer, options }: LoginContext,
  body: string,
  nonce: string,
): Promise<CallbackResult['identity']> {
  const reply = await issuer.token(body)
  const response = readTokenResponse(core, reply)
  if (response.kind !== 'tokens') throw loginError(response, reply.members['error_description'])
  const { tokens } = response
  const { idToken } = tokens
  if (!idToken && (options.scope ?? DEFAULT_SCOPE).split(' ').includes('openid')) {
    throw invalid('missing')
  }
  const identity = idToken ? await verify(core, issuer, options, idToken, nonce) : null
  await driver.signedIn(tokens, identity?.sub ?? null, reply.requestedAt)
  return identity
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

function refused(error: string, [kind, , , description = '']: string[]): SessionError {
  const code = kind === 'unavailable' ? kind : 'refused'
  const message = `the issuer answered ${error}${description && `: ${description}`}`
  return new SessionError(code, message, { detail: error })
}

function loginError(
  response: Exclude<TokenResponse, { kind: 'tokens' }>,
  description: unknown,
): SessionError {
  if (response.kind === 'unavailable') return errorOf([response.kind, response.outage, '1000'])
  const said = typeof description === 'string' ? `: ${description.slice(0, 200)}` : ''
  return response.kind === 'refused'
    ? new SessionError('refused', `the code counts no more${said}: sign in again`, {
        detail: 'invalid_grant',
      })
    : new SessionError('misconfigured', `the issuer refuses this client${said}`)
}

const DEFAULT_SCOPE = 'openid profile offline_access'
