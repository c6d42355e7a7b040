import { endpoint } from '../manifest.js'
import type {
  AuthResult,
  Manifest,
  ProviderOptions,
  ProviderURLInfo,
  ResultConfig,
} from '../types.js'
import { AuthProvider, needed } from './base.js'

// What discovery does not say about these providers. The crate `tenure-oidc` describes the same
// facts, with their sources.

/** Auth0: an API is asked for by `audience`; without it access tokens are opaque. */
export class Auth0Provider extends AuthProvider {
  override async authorizeRequest(
    manifest: Manifest,
    options: ProviderOptions,
    config: ResultConfig,
  ): Promise<ProviderURLInfo> {
    const request = await super.authorizeRequest(manifest, options, config)
    if (!options.audience) return request
    return { ...request, params: { ...request.params, audience: options.audience } }
  }

  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    const { manifest, options } = needed(auth)
    const base = endpoint(manifest, 'issuer').replace(/\/+$/, '')
    return ownPage(`${base}/v2/logout`, 'returnTo', options)
  }
}

/**
 * Microsoft Entra ID and Azure B2C: an API is asked for by a scope. Tenants have several names, and
 * the document of all tenants names a template.
 */
export class AzureProvider extends AuthProvider {
  protected override isAsked(): boolean {
    return true
  }
}

/** Amazon Cognito: its pages lie beside those of signing in; there is no standard sign-out. */
export class CognitoProvider extends AuthProvider {
  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    const { manifest, options } = needed(auth)
    const { origin } = new URL(endpoint(manifest, 'authorization_endpoint'))
    return ownPage(`${origin}/logout`, 'logout_uri', options)
  }
}

/** Okta: signs nobody out without an ID token. */
export class OktaProvider extends AuthProvider {
  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return auth?.idToken === undefined ? { url: '' } : super.logoutRequest(auth)
  }
}

/** OneLogin: signs nobody out without an ID token. */
export class OneLoginProvider extends OktaProvider {}

function ownPage(url: string, returnTo: string, options: ProviderOptions): ProviderURLInfo {
  return { url, params: { client_id: options.clientId, [returnTo]: options.logoutUrl } }
}
