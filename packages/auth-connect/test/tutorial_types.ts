// Code that is typed as the tutorials and public applications type it. It only has to compile.

import {
  Auth0Provider,
  AuthConnect,
  AuthProvider,
  AzureProvider,
  CognitoProvider,
  OktaProvider,
  OneLoginProvider,
  TokenType,
  type AuthConnectConfig,
  type AuthResult,
  type Manifest,
  type ProviderOptions,
  type ProviderURLInfo,
} from '../src/index.js'

const isNative = false as boolean
const options: ProviderOptions = {
  audience: 'https://api.example',
  clientId: 'app',
  discoveryUrl: 'https://id.example/.well-known/openid-configuration',
  logoutUrl: isNative ? 'msauth://auth-action-complete' : 'http://localhost:8100/',
  redirectUri: isNative ? 'msauth://auth-action-complete' : 'http://localhost:8100/',
  scope: 'openid offline_access email picture profile',
}

export const config: AuthConnectConfig = {
  platform: isNative ? 'capacitor' : 'web',
  logLevel: 'DEBUG',
  ios: { webView: 'private', safariWebViewOptions: { dismissButtonStyle: 'close' } },
  android: { isAnimated: true, showDefaultShareMenuItem: false, toolbarColor: '#fff' },
  web: { uiMode: 'popup', authFlow: 'implicit' },
  onLoginCallback: (result: AuthResult) => void result.accessToken,
  onLogoutCallback: () => undefined,
}

export const providers: AuthProvider[] = [
  new Auth0Provider(),
  new AzureProvider(),
  new CognitoProvider(),
  new OktaProvider(),
  new OneLoginProvider(),
]

type Config = Pick<AuthConnectConfig, 'platform' | 'android' | 'ios' | 'web' | 'logLevel'>

/** All of the requests, from nothing. */
export class OwnProvider extends AuthProvider {
  override async authorizeRequest(
    manifest: Manifest,
    options: ProviderOptions,
    config: Config,
  ): Promise<ProviderURLInfo> {
    await this.checkOrGenerateKeys(config)
    const params: Record<string, string> = {
      client_id: options.clientId,
      redirect_uri: options.redirectUri,
      nonce: this.nonce,
      state: this.nonce,
    }
    if (this.usePKCE(config)) params['code_challenge'] = this.key.challenge
    return { url: manifest['authorization_endpoint'], params }
  }

  override async tokenRequest(manifest: Manifest, options: ProviderOptions, config: Config) {
    const { scope: _, ...payload } =
      (await super.tokenRequest(manifest, options, config)).payload ?? {}
    return { url: manifest['token_endpoint'], payload, tokenCodeName: 'code' }
  }

  override async refreshTokenRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    if (!auth?.refreshToken) throw new Error('no refresh token')
    return {
      url: auth.provider.manifest['token_endpoint'],
      payload: { grant_type: 'refresh_token', client_id: auth.provider.options.clientId },
      tokenCodeName: 'refresh_token',
    }
  }

  override async logoutRequest(auth?: AuthResult): Promise<ProviderURLInfo> {
    return { url: `${auth?.provider.manifest['issuer']}/logout`, params: {} }
  }
}

const provider = new Auth0Provider()

export async function everything(): Promise<void> {
  const set: void = await AuthConnect.setup(config)
  let auth: AuthResult | null = null
  auth = await AuthConnect.login(provider, options)
  auth = await AuthConnect.handleLoginCallback(
    Object.fromEntries(new URLSearchParams(window.location.search).entries()),
    options,
  )
  auth = await AuthConnect.handleLoginCallback({ code: '', state: '' })
  auth = await AuthConnect.refreshSession(provider, auth)
  auth = await AuthConnect.expire(auth)
  auth = await AuthConnect.buildAuthResult(provider, options, {})
  const flags: boolean[] = [
    await AuthConnect.isAccessTokenAvailable(auth),
    await AuthConnect.isAccessTokenExpired(auth),
    await AuthConnect.isRefreshTokenAvailable(auth),
  ]
  const left: number | undefined = await AuthConnect.getAccessTokenExpiration(auth)
  const { name } = await AuthConnect.decodeToken<{ name: string }>(TokenType.id, auth)
  const head = await AuthConnect.decodeToken<{ alg: string }>(TokenType.access, auth, true)
  const token: string | undefined = await AuthConnect.getToken(TokenType.refresh, auth)
  const manifest: Manifest = await AuthConnect.fetchManifest(options.discoveryUrl)
  const current: AuthConnectConfig = await AuthConnect.getConfig()
  await AuthConnect.handleLogoutCallback()
  await AuthConnect.logout(provider, auth)
  // The seed's own arithmetic.
  const due: number = auth.receivedAt + (auth.expiresIn ?? 0) * 1000
  const kept: AuthResult = JSON.parse(JSON.stringify(auth))
  use(set, flags, left, name, head.alg, token, manifest['issuer'], current.platform, due, kept)
}

function use(..._: unknown[]): void {
  // Only for the types.
}
