import { endSessionUrl } from '@tenure/client/protocol'
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
  const address = await endSessionUrl({
    form: name,
    clientId: options.clientId,
    issuer: endpoint(manifest, 'issuer'),
    base: new URL(endpoint(manifest, 'authorization_endpoint')).origin,
    endSessionEndpoint: endpointIfAny(manifest, 'end_session_endpoint'),
    returnTo: options.logoutUrl,
    idToken: auth?.idToken,
  })
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

function endpointIfAny(manifest: Manifest, name: string): string | undefined {
  return typeof manifest[name] === 'string' ? endpoint(manifest, name) : undefined
}
