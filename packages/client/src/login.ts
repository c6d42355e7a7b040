import { tokenAnswer } from './reply.js'
import type { Core } from './core.js'
import { clientIn, type Driver } from './driver.js'
import { errorOf, SessionError } from './errors.js'
import { invalid, subtle, verify } from './id_token.js'
import type { Issuer } from './issuer.js'
import { base64url } from '../../parts/jwt.js'
import { Records } from './records.js'
import type { CallbackResult, ErrorCode, SessionOptions, SignInOptions, Tokens } from './types.js'

/** What a sign-in needs of a session. */
export interface Parts {
  readonly core: Core
  readonly driver: Driver
  readonly issuer: Issuer
  readonly options: SessionOptions
  readonly name: string
}

/** Begins a sign-in: the address to send the person to. */
export async function begin(
  { core, issuer, options, name }: Parts,
  asked: SignInOptions,
  redirectUri: string,
  returnTo: string,
): Promise<string> {
  // First, for where it is missing much else fails, too.
  const webCrypto = subtle()
  const { authorization_endpoint } = await issuer.metadata()
  const verifier = random()
  const digest = await webCrypto.digest('SHA-256', new TextEncoder().encode(verifier))
  const records = new Records(name)
  // From reading the records to writing them nothing may wait: another tab may begin, too.
  const [kind, url = '', ...kept] = core.ask(
    'begin',
    Date.now(),
    options.issuer,
    redirectUri,
    returnTo,
    random(),
    random(),
    verifier,
    base64url(digest),
    authorization_endpoint,
    options.clientId,
    options.scope ?? DEFAULT_SCOPE,
    ...records.fields(),
    ...Object.entries({ ...options.parameters, ...asked.parameters }).flat(),
  )
  if (kind !== 'url') {
    const [parameter = ''] = kept
    throw new SessionError('misconfigured', `the parameter ${parameter} is set by Tenure`, {
      detail: parameter,
    })
  }
  records.keep(kept)
  return url
}

/** Finishes a sign-in from the callback that the core has read, and stores its tokens. */
export async function finish(parts: Parts, read: readonly string[]): Promise<CallbackResult> {
  const [kind, first = '', ...rest] = read
  if (kind === 'fault') throw unfinished(first)
  const [state, iss] = kind === 'code' ? rest : rest.slice(1)
  const records = new Records(parts.name)
  // The state is used up before anything is waited for.
  const finished = parts.core.ask('finish', Date.now(), state, iss, ...records.fields())
  if (finished[0] !== 'login') {
    const [, fault = '', ...kept] = finished
    records.keep(kept)
    throw unfinished(fault)
  }
  const [, redirectUri = '', returnTo, nonce = '', verifier = '', , ...kept] = finished
  records.keep(kept)
  if (kind !== 'code') throw refused(first, rest)
  const { authorization_response_iss_parameter_supported: announced, retry_key_supported } =
    await parts.issuer.metadata()
  // RFC 9207 §2.4.
  if (announced && !iss) throw unfinished('issuer_missing')
  const [form = ''] = parts.core.ask('code', clientIn(parts.options), first, redirectUri, verifier)
  // It tells the issuer that this holder understands 409; nobody keeps it.
  const body = retry_key_supported === true ? `${form}&retry_key=${random()}` : form
  return { identity: await exchange(parts, body, nonce), returnTo: returnTo || null }
}

async function exchange(
  { core, driver, issuer, options }: Parts,
  body: string,
  nonce: string,
): Promise<CallbackResult['identity']> {
  const answer = await issuer.token(body)
  const [kind, ...said] = core.ask('login', answer.requestedAt, ...tokenAnswer(answer))
  if (kind !== 'grant') throw loginError(said, answer.members['error_description'])
  const [accessToken = '', tokenType = '', life, refreshToken, idToken, scope] = said
  const tokens: Tokens = { accessToken, tokenType }
  if (life) tokens.expiresIn = Number(life) / 1000
  if (refreshToken) tokens.refreshToken = refreshToken
  if (scope) tokens.scope = scope
  if (idToken) tokens.idToken = idToken
  else if ((options.scope ?? DEFAULT_SCOPE).split(' ').includes('openid')) throw invalid('missing')
  const identity = idToken ? await verify(core, issuer, options, idToken, nonce) : null
  await driver.signedIn(tokens, identity?.sub ?? null, answer.requestedAt)
  return identity
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

function unfinished(fault: string): SessionError {
  const message = `this sign-in cannot be finished (${fault}): sign in again`
  return fault.startsWith('state_')
    ? new SessionError(fault as ErrorCode, message)
    : new SessionError('invalid_callback', message, { detail: fault })
}

function refused(error: string, [kind, , , description = '']: string[]): SessionError {
  const code = kind === 'unavailable' ? kind : 'refused'
  const message = `the issuer answered ${error}${description && `: ${description}`}`
  return new SessionError(code, message, { detail: error })
}

function loginError([fault = '', outage = '']: string[], description: unknown): SessionError {
  if (fault === 'unavailable') return errorOf([fault, outage, '1000'])
  const said = typeof description === 'string' ? `: ${description.slice(0, 200)}` : ''
  return fault === 'refused'
    ? new SessionError(fault, `the code counts no more${said}: sign in again`, {
        detail: 'invalid_grant',
      })
    : new SessionError('misconfigured', `the issuer refuses this client${said}`)
}

const DEFAULT_SCOPE = 'openid profile offline_access'
