import { beforeAll, expect, test } from 'vitest'
import {
  Auth0Provider,
  AuthConnect,
  AuthProvider,
  AzureProvider,
  CognitoProvider,
  OktaProvider,
  OneLoginProvider,
  type AuthResult,
  type Manifest,
  type ProviderOptions,
} from '../src/index.js'

const CONFIG = { platform: 'web', web: { uiMode: 'current', authFlow: 'PKCE' } } as const
beforeAll(() => AuthConnect.setup({ ...CONFIG, logLevel: 'NONE' }))

const OPTIONS: ProviderOptions = {
  clientId: 'app',
  discoveryUrl: 'https://id.example/.well-known/openid-configuration',
  redirectUri: 'https://app.example/back',
  logoutUrl: 'https://app.example/bye',
  scope: 'openid offline_access',
  audience: 'https://api.example',
}

/** The members of each provider's discovery document that are used. */
const MANIFESTS = {
  auth0: {
    issuer: 'https://acme.eu.auth0.com/',
    authorization_endpoint: 'https://acme.eu.auth0.com/authorize',
    token_endpoint: 'https://acme.eu.auth0.com/oauth/token',
  },
  azure: {
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    end_session_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/logout',
  },
  cognito: {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc',
    authorization_endpoint: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize',
    token_endpoint: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token',
  },
  okta: {
    issuer: 'https://acme.okta.com/oauth2/default',
    authorization_endpoint: 'https://acme.okta.com/oauth2/default/v1/authorize',
    token_endpoint: 'https://acme.okta.com/oauth2/default/v1/token',
    end_session_endpoint: 'https://acme.okta.com/oauth2/default/v1/logout',
  },
  onelogin: {
    issuer: 'https://acme.onelogin.com/oidc/2',
    authorization_endpoint: 'https://acme.onelogin.com/oidc/2/auth',
    token_endpoint: 'https://acme.onelogin.com/oidc/2/token',
    end_session_endpoint: 'https://acme.onelogin.com/oidc/2/logout',
  },
}

function result(manifest: Manifest, more: Partial<AuthResult> = {}): AuthResult {
  return {
    idToken: 'the-id-token',
    receivedAt: 0,
    tokenType: 'Bearer',
    state: {},
    rawResult: '{}',
    config: CONFIG,
    provider: { authorizeUrl: '', config: { url: '' }, manifest, options: OPTIONS },
    ...more,
  }
}

test.each([
  ['Auth0', new Auth0Provider(), MANIFESTS.auth0, { audience: 'https://api.example' }],
  ['Azure', new AzureProvider(), MANIFESTS.azure, {}],
  ['Cognito', new CognitoProvider(), MANIFESTS.cognito, {}],
  ['Okta', new OktaProvider(), MANIFESTS.okta, {}],
  ['OneLogin', new OneLoginProvider(), MANIFESTS.onelogin, {}],
])('%s is asked in its own way', async (_, provider, manifest, more) => {
  const request = await provider.authorizeRequest(manifest, OPTIONS, CONFIG)
  const { nonce = '', state, code_challenge, ...rest } = request.params ?? {}
  expect(request.url).toBe(manifest.authorization_endpoint)
  expect(nonce).toMatch(/^[\w-]{43}$/)
  expect(state).toBe(nonce)
  expect(code_challenge).toMatch(/^[\w-]{43}$/)
  expect(rest).toEqual({
    client_id: 'app',
    redirect_uri: OPTIONS.redirectUri,
    scope: OPTIONS.scope,
    code_challenge_method: 'S256',
    response_type: 'code',
    ...more,
  })
  const token = await provider.tokenRequest(manifest, OPTIONS, CONFIG)
  expect(token).toMatchObject({ url: manifest.token_endpoint, tokenCodeName: 'code' })
  expect(token.payload).toMatchObject({ grant_type: 'authorization_code', client_id: 'app' })
})

test.each([
  [
    new Auth0Provider(),
    MANIFESTS.auth0,
    'https://acme.eu.auth0.com/v2/logout',
    { client_id: 'app', returnTo: OPTIONS.logoutUrl },
  ],
  [
    new AzureProvider(),
    MANIFESTS.azure,
    MANIFESTS.azure.end_session_endpoint,
    {
      client_id: 'app',
      post_logout_redirect_uri: OPTIONS.logoutUrl,
      id_token_hint: 'the-id-token',
    },
  ],
  [
    new CognitoProvider(),
    MANIFESTS.cognito,
    'https://acme.auth.eu-west-1.amazoncognito.com/logout',
    { client_id: 'app', logout_uri: OPTIONS.logoutUrl },
  ],
  [
    new OktaProvider(),
    MANIFESTS.okta,
    MANIFESTS.okta.end_session_endpoint,
    {
      client_id: 'app',
      post_logout_redirect_uri: OPTIONS.logoutUrl,
      id_token_hint: 'the-id-token',
    },
  ],
])('%o is left in its own way', async (provider, manifest, url, params) => {
  expect(await provider.logoutRequest(result(manifest))).toEqual({ url, params })
})

const TENURE = {
  issuer: 'https://id.example',
  authorization_endpoint: 'https://id.example/oauth2/authorize',
  token_endpoint: 'https://id.example/oauth2/token',
  end_session_endpoint: 'https://id.example/logout',
}

test.each([
  new Auth0Provider(),
  new AzureProvider(),
  new CognitoProvider(),
  new OktaProvider(),
  new OneLoginProvider(),
  new (class extends AuthProvider {})(),
])('%o leaves a Tenure server as the standard says', async (provider) => {
  expect(await provider.logoutRequest(result(TENURE))).toEqual({
    url: TENURE.end_session_endpoint,
    params: {
      client_id: 'app',
      post_logout_redirect_uri: OPTIONS.logoutUrl,
      id_token_hint: 'the-id-token',
    },
  })
})

test('Okta and OneLogin are not asked to sign out without an ID token, which they refuse', async () => {
  for (const provider of [new OktaProvider(), new OneLoginProvider()]) {
    const { idToken: _, ...without } = result(MANIFESTS.okta)
    expect(await provider.logoutRequest(without)).toEqual({ url: '' })
  }
})

test('a refresh asks for no more than was granted', async () => {
  const provider = new AzureProvider()
  const asked = (more: Partial<AuthResult>) =>
    provider.refreshTokenRequest(result(MANIFESTS.azure, { refreshToken: 'rt', ...more }))
  expect((await asked({ scope: 'openid' })).payload).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'rt',
    scope: 'openid',
  })
  expect((await asked({})).payload).toMatchObject({ scope: OPTIONS.scope })
})

test('an implicit sign-in asks for tokens in the fragment', async () => {
  const implicit = { ...CONFIG, web: { uiMode: 'popup', authFlow: 'implicit' } } as const
  const { params } = await new OktaProvider().authorizeRequest(MANIFESTS.okta, OPTIONS, implicit)
  expect(params).toMatchObject({ response_type: 'id_token token', response_mode: 'fragment' })
  expect(params).not.toHaveProperty('code_challenge')
})

test('an endpoint in the clear is refused', async () => {
  const manifest = { ...MANIFESTS.okta, token_endpoint: 'http://acme.okta.com/token' }
  await expect(new OktaProvider().tokenRequest(manifest, OPTIONS, CONFIG)).rejects.toThrow(
    'token_endpoint must begin with https',
  )
})

test('a provider of one’s own makes its requests from nothing', async () => {
  class PingProvider extends AuthProvider {
    override async authorizeRequest(
      manifest: Manifest,
      options: ProviderOptions,
      config: AuthResult['config'],
    ) {
      await this.checkOrGenerateKeys(config)
      const params: Record<string, string> = {
        client_id: options.clientId,
        nonce: this.nonce,
        state: this.nonce,
      }
      if (this.usePKCE(config)) params['code_challenge'] = this.key.challenge
      return { url: String(manifest['authorization_endpoint']), params }
    }
  }
  const { params } = await new PingProvider().authorizeRequest(MANIFESTS.okta, OPTIONS, CONFIG)
  expect(Object.keys(params ?? {})).toEqual(['client_id', 'nonce', 'state', 'code_challenge'])
})
