import { Auth0Provider, AuthConnect, AuthResult, ProviderOptions } from '@tenure/auth-connect'
import { getSnapshot, setSession } from './session-store'

const options: ProviderOptions = {
  audience: '',
  clientId: 'demo-spa',
  discoveryUrl: `${import.meta.env.VITE_ISSUER}/.well-known/openid-configuration`,
  logoutUrl: `${location.origin}/callback`,
  redirectUri: `${location.origin}/callback`,
  scope: 'openid profile offline_access',
}

const provider = new Auth0Provider()

const setupAuthConnect = async (): Promise<void> =>
  AuthConnect.setup({
    platform: 'web',
    logLevel: 'DEBUG',
    ios: { webView: 'private' },
    web: { uiMode: 'popup', authFlow: 'PKCE' },
  })

const login = async (): Promise<void> => {
  const authResult = await AuthConnect.login(provider, options)
  await setSession(authResult)
}

const logout = async (): Promise<void> => {
  const authResult = getSnapshot()
  if (authResult) {
    await AuthConnect.logout(provider, authResult)
    await setSession(null)
  }
}

const refreshIfExpired = async (): Promise<void> => {
  const authResult = getSnapshot()
  if (
    authResult &&
    (await AuthConnect.isAccessTokenAvailable(authResult)) &&
    (await AuthConnect.isAccessTokenExpired(authResult))
  ) {
    let newAuthResult: AuthResult | null = null
    if (await AuthConnect.isRefreshTokenAvailable(authResult)) {
      try {
        newAuthResult = await AuthConnect.refreshSession(provider, authResult)
      } catch {
        // Without a new result the session ends below.
      }
    }
    await setSession(newAuthResult)
  }
}

export { login, logout, refreshIfExpired, setupAuthConnect }
