import { OktaProvider } from '@tenure/auth-connect'
import { createComposables } from '@tenure/auth-connect/vue'

export const { useAuthentication, useBackendAPI, useSession, authGuard } = createComposables({
  config: { platform: 'web', web: { uiMode: 'current', authFlow: 'PKCE' } },
  provider: new OktaProvider(),
  options: {
    audience: '',
    clientId: 'demo-spa',
    discoveryUrl: `${import.meta.env.VITE_ISSUER}/.well-known/openid-configuration`,
    logoutUrl: `${location.origin}/callback`,
    redirectUri: `${location.origin}/callback`,
    scope: 'openid profile offline_access',
  },
})
