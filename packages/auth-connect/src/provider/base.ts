import { subtle } from '@tenure/client/protocol'
import { base64url } from '../../../parts/jwt.js'
import { endpoint } from '../manifest.js'
import type {
  AuthResult,
  Manifest,
  ProviderOptions,
  ProviderURLInfo,
  ResultConfig,
} from '../types.js'
import { needed, signOutAt } from './sign_out.js'

/**
 * How a provider wants to be asked. This class keeps to OpenID Connect; a class of one's own
 * overrides what its provider does otherwise.
 */
export abstract class AuthProvider {
  /** Ties the ID token to this sign-in, and is its `state`. New for each sign-in. */
  protected nonce = ''
  /** The proof of RFC 7636. New for each sign-in. */
  protected key: { verifier: string; challenge: string } = { verifier: '', challenge: '' }

  /** Where the person is sent to sign in. */
  async authorizeRequest(
    manifest: Manifest,
    options: ProviderOptions,
    config: ResultConfig,
  ): Promise<ProviderURLInfo> {
    await this.checkOrGenerateKeys(config)
    const flow: Record<string, string> = this.usePKCE(config)
      ? {
          code_challenge_method: 'S256',
          code_challenge: this.key.challenge,
          response_type: 'code',
        }
      : { response_type: 'id_token token', response_mode: 'fragment' }
    return {
      url: endpoint(manifest, 'authorization_endpoint'),
      params: {
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        scope: options.scope,
        nonce: this.nonce,
        state: this.nonce,
        ...flow,
      },
    }
  }

  /** How the code is exchanged. */
  async tokenRequest(
    manifest: Manifest,
    options: ProviderOptions,
    config: ResultConfig,
  ): Promise<ProviderURLInfo> {
    await this.checkOrGenerateKeys(config)
    return {
      url: endpoint(manifest, 'token_endpoint'),
      payload: {
        grant_type: 'authorization_code',
        client_id: options.clientId,
        code_verifier: this.key.verifier,
        redirect_uri: options.redirectUri,
        scope: options.scope,
      },
      tokenCodeName: 'code',
    }
  }

  /** How tokens are refreshed. No more scope is asked for than was granted (RFC 6749 §6). */
  async refreshTokenRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    const { manifest, options } = needed(auth)
    return {
      url: endpoint(manifest, 'token_endpoint'),
      payload: {
        grant_type: 'refresh_token',
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        scope: auth?.scope ?? options.scope,
        refresh_token: auth?.refreshToken ?? '',
      },
      tokenCodeName: 'refresh_token',
    }
  }

  /** Where the person is sent to sign out; an empty address where the provider has no such page. */
  async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return signOutAt('generic', auth)
  }

  /**
   * Whether the discovery document is of the issuer that was asked (OpenID Connect Discovery §4.3).
   */
  protected isAsked(manifest: Manifest, options: ProviderOptions): boolean {
    const [asked = ''] = options.discoveryUrl.split('/.well-known/')
    return withoutSlash(asked) === withoutSlash(String(manifest['issuer']))
  }

  /** Makes the nonce and the keys of a sign-in where there are none yet. */
  protected async checkOrGenerateKeys(config: ResultConfig): Promise<void> {
    if (this.nonce === '') this.nonce = random()
    if (!this.usePKCE(config) || this.key.verifier !== '') return
    const verifier = random()
    const digest = await subtle().digest('SHA-256', new TextEncoder().encode(verifier))
    this.key = { verifier, challenge: base64url(digest) }
  }

  protected usePKCE(config: ResultConfig): boolean {
    return config.web?.authFlow !== 'implicit'
  }
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/+$/, '')
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}
