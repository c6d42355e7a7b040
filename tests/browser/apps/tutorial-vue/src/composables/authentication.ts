import { Auth0Provider, AuthConnect, AuthResult, ProviderOptions } from '@tenure/auth-connect'
import { useSession } from './session'

const { clearSession, getSession, setSession } = useSession()

const authOptions: ProviderOptions = {
  audience: '',
  clientId: 'demo-spa',
  discoveryUrl: `${import.meta.env.VITE_ISSUER}/.well-known/openid-configuration`,
  logoutUrl: `${location.origin}/callback`,
  redirectUri: `${location.origin}/callback`,
  scope: 'openid profile offline_access',
}

const provider = new Auth0Provider()

const initializeAuthentication = async (): Promise<void> =>
  AuthConnect.setup({
    platform: 'web',
    logLevel: 'DEBUG',
    ios: { webView: 'private' },
    web: { uiMode: 'current', authFlow: 'PKCE' },
  })

const saveAuthResult = async (authResult: AuthResult | null): Promise<void> => {
  if (authResult) await setSession(authResult)
  else await clearSession()
}

const refreshAuthResult = async (authResult: AuthResult): Promise<AuthResult | null> => {
  let newAuthResult: AuthResult | null = null
  if (await AuthConnect.isRefreshTokenAvailable(authResult)) {
    try {
      newAuthResult = await AuthConnect.refreshSession(provider, authResult)
    } catch {
      // Without a new result the session ends below.
    }
  }
  await saveAuthResult(newAuthResult)
  return newAuthResult
}

const getAuthResult = async (): Promise<AuthResult | null> => {
  let authResult = await getSession()
  if (
    authResult &&
    (await AuthConnect.isAccessTokenAvailable(authResult)) &&
    (await AuthConnect.isAccessTokenExpired(authResult))
  ) {
    authResult = await refreshAuthResult(authResult)
  }
  return authResult
}

const login = async (): Promise<void> => {
  const authResult = await AuthConnect.login(provider, authOptions)
  await saveAuthResult(authResult)
}

const logout = async (): Promise<void> => {
  const authResult = await getAuthResult()
  if (authResult) {
    await AuthConnect.logout(provider, authResult)
    await saveAuthResult(null)
  }
}

const handleAuthCallback = async (): Promise<void> => {
  const params = new URLSearchParams(window.location.search)
  if (params.size > 0) {
    const queryEntries = Object.fromEntries(params.entries())
    const authResult = await AuthConnect.handleLoginCallback(queryEntries, authOptions)
    await saveAuthResult(authResult)
  } else {
    await AuthConnect.handleLogoutCallback()
    await saveAuthResult(null)
  }
}

const isAuthenticated = async (): Promise<boolean> => {
  const authResult = await getAuthResult()
  return !!authResult && (await AuthConnect.isAccessTokenAvailable(authResult))
}

const getAccessToken = async (): Promise<string | undefined> => {
  const authResult = await getAuthResult()
  return authResult?.accessToken
}

export const useAuthentication = () => ({
  getAccessToken,
  handleAuthCallback,
  initializeAuthentication,
  isAuthenticated,
  login,
  logout,
})
