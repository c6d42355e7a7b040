import type { AuthResult, ProviderOptions } from '../src/index.js'

/** For tests that ask no provider. */
export const unusedOptions: ProviderOptions = {
  clientId: '',
  discoveryUrl: '',
  redirectUri: '',
  logoutUrl: '',
  scope: '',
  audience: '',
}

/** A result that is good for a minute. */
export function plainResult(more: Partial<AuthResult> = {}): AuthResult {
  return {
    accessToken: 'opaque',
    expiresIn: 60,
    receivedAt: Date.now(),
    tokenType: 'Bearer',
    state: {},
    rawResult: '{}',
    config: { platform: 'web' },
    provider: {
      authorizeUrl: '',
      config: { url: '' },
      manifest: {},
      options: unusedOptions,
    },
    ...more,
  }
}
