import type { Core } from './core.js'
import type { ErrorCode } from './error_code.js'
import { SessionError } from './errors.js'
import { Records } from './records.js'

/** A sign-in that begins. */
export interface NewLogin {
  issuer: string
  authorizationEndpoint: string
  clientId: string
  redirectUri: string
  scope: string
  /** Where to go after it: a path of this origin. Empty for nowhere. */
  returnTo: string
  state: string
  nonce: string
  /** The proof of RFC 7636. */
  codeVerifier: string
  codeChallenge: string
  /** Further parameters of the request. */
  parameters?: Record<string, string>
}

/** A sign-in that was begun here, as its answer needs it. */
export interface PendingLogin {
  redirectUri: string
  returnTo: string
  nonce: string
  codeVerifier: string
}

/** Notes a sign-in, under the name of its session; gives the address to send the person to. */
export function beginLogin(core: Core, name: string, login: NewLogin): string {
  const records = new Records(name)
  // From reading the records to writing them nothing may wait: another tab may begin, too.
  const [kind, url = '', ...kept] = core.ask(
    'begin_login',
    Date.now(),
    login.issuer,
    login.redirectUri,
    login.returnTo,
    login.state,
    login.nonce,
    login.codeVerifier,
    login.codeChallenge,
    login.authorizationEndpoint,
    login.clientId,
    login.scope,
    ...records.fields(),
    ...Object.entries(login.parameters ?? {}).flat(),
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

/**
 * Uses up the sign-in that an answer with this `state` and `iss` belongs to. What it throws says
 * what became of it: `state_missing`, `state_expired`, `state_mismatch`, `state_already_used`, or
 * `invalid_callback` where another issuer answers.
 */
export function finishLogin(core: Core, name: string, state = '', iss = ''): PendingLogin {
  const records = new Records(name)
  const finished = core.ask('finish_login', Date.now(), state, iss, ...records.fields())
  if (finished[0] !== 'login') {
    const [, fault = '', ...kept] = finished
    records.keep(kept)
    throw unfinished(fault)
  }
  const [, redirectUri = '', returnTo = '', nonce = '', codeVerifier = '', , ...kept] = finished
  records.keep(kept)
  return { redirectUri, returnTo, nonce, codeVerifier }
}

/** What became of a sign-in with this state; `undefined` where none was begun here. */
export function fateOf(name: string, state: string | undefined): Fate | undefined {
  const record = new Records(name).all().find(([known]) => known === state)
  // Only a sign-in by popup has nowhere to return to.
  return record && record[2] === 'pending' && record[7] === ''
    ? 'of a popup'
    : (record?.[2] as Fate)
}

export function unfinished(fault: string): SessionError {
  const message = `this sign-in cannot be finished (${fault}): sign in again`
  return fault.startsWith('state_')
    ? new SessionError(fault as ErrorCode, message)
    : new SessionError('invalid_callback', message, { detail: fault })
}

type Fate = 'pending' | 'of a popup' | 'used' | 'expired'
