import { SessionError } from '@tenure/client'
import { beginLogin, finishLogin, isKnownLogin, readCallback } from '@tenure/client/protocol'
import { check, exchange, implicit, refused } from './answer.js'
import { configured, resultConfig } from './config.js'
import { AuthConnectError, misconfigured } from './errors.js'
import { withParameters } from './form.js'
import { fetchManifest } from './manifest.js'
import type { AuthProvider } from './provider/base.js'
import { build } from './result.js'
import type { AuthResult, Manifest, Provider, ProviderOptions, ResultConfig } from './types.js'

/** What a sign-in keeps until the person is back. */
interface Begun {
  provider: Provider
  config: ResultConfig
}

/** Begins a sign-in: the address to send the person to. */
export async function begin(provider: AuthProvider, options: ProviderOptions): Promise<string> {
  const manifest = await fetchManifest(options.discoveryUrl)
  if (!provider['isAsked'](manifest, options)) {
    throw misconfigured(
      `the discovery document is of ${String(manifest['issuer'])}: write the discoveryUrl below it`,
    )
  }
  const config = resultConfig(configured())
  const { authorize, token, nonce, verifier } = await asked(provider, manifest, options, config)
  const address = new URL(withParameters(authorize))
  const state = address.searchParams.get('state')
  if (!state) throw misconfigured('authorizeRequest() gives no state')
  const begun: Begun = {
    config,
    provider: { authorizeUrl: authorize.url, config: token, manifest, options },
  }
  await beginLogin(NAME, {
    issuer: String(manifest['issuer']),
    authorizationEndpoint: authorize.url,
    clientId: options.clientId,
    redirectUri: options.redirectUri,
    scope: options.scope,
    returnTo: BEHIND + JSON.stringify(begun),
    state,
    nonce: address.searchParams.get('nonce') ?? (nonce || state),
    codeVerifier: verifier || NO_VERIFIER,
    codeChallenge: NO_VERIFIER,
  })
  return address.href
}

/** Finishes a sign-in from the parameters of the address; the same one once only. */
export function finish(parameters: Record<string, string>): Promise<AuthResult> {
  const id = JSON.stringify(Object.entries(parameters).sort())
  const known = finishing.get(id)
  if (known) return known
  const result = finishNew(parameters)
  finishing.set(id, result)
  return result
}

/** Whether a sign-in with this state is under way in this browser. */
export function isUnderWay(state: string): boolean {
  return isKnownLogin(NAME, state)
}

/** One sign-in at a time prepares with a provider: it keeps the keys of one. */
function asked(
  provider: AuthProvider,
  manifest: Manifest,
  options: ProviderOptions,
  config: ResultConfig,
) {
  const before = preparing.get(provider) ?? Promise.resolve()
  const preparation = before.then(async () => {
    provider['nonce'] = ''
    provider['key'] = { verifier: '', challenge: '' }
    const authorize = await provider.authorizeRequest(manifest, options, config)
    const token = await provider.tokenRequest(manifest, options, config)
    return { authorize, token, nonce: provider['nonce'], verifier: provider['key'].verifier }
  })
  preparing.set(
    provider,
    preparation.catch(() => undefined),
  )
  return preparation
}

async function finishNew(parameters: Record<string, string>): Promise<AuthResult> {
  const read = await readCallback(parameters)
  const isImplicit = 'id_token' in parameters || 'access_token' in parameters
  if (read.kind === 'fault' && !(isImplicit && read.fault === 'not_a_callback')) {
    throw new AuthConnectError('invalid_callback', 'the address brings no answer to a sign-in')
  }
  // The state is used up before anything is asked for.
  const { begun, nonce } = await use(parameters['state'], parameters['iss'])
  if (read.kind === 'refusal') {
    throw refused(read.error, parameters['error_description'], read.temporary)
  }
  const isCode = read.kind === 'code'
  const grant = isCode ? await exchange(begun.provider, read.code) : implicit(parameters)
  await check(begun.provider, grant, nonce, !isCode)
  return build(begun, grant)
}

async function use(state = '', iss = ''): Promise<{ begun: Begun; nonce: string }> {
  const { returnTo, nonce } = await finishLogin(NAME, state, iss).catch((cause: unknown) => {
    if (!(cause instanceof SessionError)) throw cause
    const fault = cause.detail ?? cause.code
    const why = FAULTS[fault] ?? 'another issuer answered'
    throw new AuthConnectError(fault, `${why}: sign in again`)
  })
  return { begun: JSON.parse(returnTo.slice(BEHIND.length)) as Begun, nonce }
}

const FAULTS: Record<string, string> = {
  state_missing: 'no sign-in was begun here',
  state_expired: 'this sign-in took too long',
  state_mismatch: 'this answer belongs to a sign-in that was not begun here',
  state_already_used: 'this sign-in was finished already',
}

const NAME = 'tenure:auth-connect'
/** A record keeps a place to return to, and what was begun lies behind that, as its fragment. */
const BEHIND = '/#'
/** For a flow without a code there is nothing to prove. */
const NO_VERIFIER = '-'
const finishing = new Map<string, Promise<AuthResult>>()
const preparing = new WeakMap<AuthProvider, Promise<unknown>>()
