import { loadCore, Records, type Core } from '@tenure/client/parts'
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
  const core = await loadCore()
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
  const records = new Records(NAME)
  const [kind, , ...kept] = core.ask(
    'begin',
    Date.now(),
    String(manifest['issuer']),
    options.redirectUri,
    BEHIND + JSON.stringify(begun),
    state,
    address.searchParams.get('nonce') ?? (nonce || state),
    verifier || NO_VERIFIER,
    NO_VERIFIER,
    authorize.url,
    options.clientId,
    options.scope,
    ...records.fields(),
  )
  if (kind !== 'url') throw misconfigured('the request cannot be begun')
  records.keep(kept)
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
  return new Records(NAME).fields().includes(state)
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
  const core = await loadCore()
  const read = core.ask('callback', ...Object.entries(parameters).flat())
  const isImplicit = 'id_token' in parameters || 'access_token' in parameters
  if (read[0] === 'fault' && !(isImplicit && read[1] === 'not_a_callback')) {
    throw new AuthConnectError('invalid_callback', 'the address brings no answer to a sign-in')
  }
  // The state is used up before anything is waited for.
  const { begun, nonce } = use(core, parameters['state'], parameters['iss'])
  const { error, error_description: description } = parameters
  if (error !== undefined) throw refused(error, description)
  const isCode = read[0] === 'code'
  const grant = isCode ? await exchange(core, begun.provider, read[1] ?? '') : implicit(parameters)
  await check(begun.provider, grant, nonce, !isCode)
  return build(begun, grant)
}

function use(core: Core, state = '', iss = ''): { begun: Begun; nonce: string } {
  const records = new Records(NAME)
  const [kind, ...rest] = core.ask('finish', Date.now(), state, iss, ...records.fields())
  if (kind !== 'login') {
    const [fault = '', ...kept] = rest
    records.keep(kept)
    throw new AuthConnectError(
      fault,
      `${FAULTS[fault] ?? 'another issuer answered'}: sign in again`,
    )
  }
  const [, begun = '', nonce = '', , , ...kept] = rest
  records.keep(kept)
  return { begun: JSON.parse(begun.slice(BEHIND.length)) as Begun, nonce }
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
