import type {
  AuthResult,
  Manifest,
  ProviderOptions,
  ProviderURLInfo,
  ResultConfig,
} from '../types.js'
import { AuthProvider } from './base.js'
import { signOutAt } from './sign_out.js'

// What discovery does not say about these providers; the crate `tenure-oidc` describes them, with
// sources.

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
    return signOutAt('auth0', auth)
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

  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return signOutAt('entra', auth)
  }
}

/** Amazon Cognito: its pages lie beside those of signing in; there is no standard sign-out. */
export class CognitoProvider extends AuthProvider {
  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return signOutAt('cognito', auth)
  }
}

/** Okta: signs nobody out without an ID token. */
export class OktaProvider extends AuthProvider {
  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return signOutAt('okta', auth)
  }
}

/** OneLogin: signs nobody out without an ID token. */
export class OneLoginProvider extends AuthProvider {
  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return signOutAt('onelogin', auth)
  }
}
