import { loadCore } from '@tenure/client/parts'
import { misconfigured } from '../errors.js'
import { endpoint } from '../manifest.js'
import type { AuthResult, Manifest, ProviderURLInfo } from '../types.js'

/**
 * Where to send a person to sign out at a provider that the crate `tenure-oidc` describes, by its
 * name there. An empty address where it has no page for that, or wants an ID token and there is none.
 */
export async function signOutAt(
  name: string,
  auth: AuthResult | undefined,
): Promise<ProviderURLInfo> {
  const { manifest, options } = needed(auth)
  const core = await loadCore()
  const [address = ''] = core.ask(
    'sign_out',
    name,
    options.clientId,
    endpoint(manifest, 'issuer'),
    new URL(endpoint(manifest, 'authorization_endpoint')).origin,
    endpointIfAny(manifest, 'end_session_endpoint'),
    options.logoutUrl,
    auth?.idToken,
    null,
  )
  if (address === '') return { url: '' }
  const url = new URL(address)
  const params = Object.fromEntries(url.searchParams)
  url.search = ''
  return { url: url.href, params }
}

/** What a result says about its provider. */
export function needed(auth: AuthResult | undefined): AuthResult['provider'] {
  if (auth) return auth.provider
  throw misconfigured('this request needs an AuthResult')
}

function endpointIfAny(manifest: Manifest, name: string): string | null {
  return typeof manifest[name] === 'string' ? endpoint(manifest, name) : null
}
