import { AuthConnect, AuthProvider, type AuthResult, type ProviderOptions } from '../src/index.js'
import { begin } from '../src/login.js'
import type { Issuer } from './issuer.js'

/** A provider without any ways of its own. */
export class PlainProvider extends AuthProvider {}

export function optionsFor(issuer: Issuer, more: Partial<ProviderOptions> = {}): ProviderOptions {
  return {
    clientId: 'app',
    discoveryUrl: issuer.discoveryUrl,
    redirectUri: 'http://localhost/callback',
    logoutUrl: 'http://localhost/signed-out',
    scope: 'openid offline_access',
    audience: '',
    ...more,
  }
}

/** Goes where a browser would go, and gives the parameters that the person comes back with. */
export async function goAndComeBack(
  provider: AuthProvider,
  options: ProviderOptions,
): Promise<Record<string, string>> {
  const response = await fetch(await begin(provider, options), { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '')
  return Object.fromEntries([...back.searchParams, ...new URLSearchParams(back.hash.slice(1))])
}

export async function signIn(provider: AuthProvider, issuer: Issuer): Promise<AuthResult> {
  const back = await goAndComeBack(provider, optionsFor(issuer))
  return AuthConnect.handleLoginCallback(back)
}

/** What is left of a result that went through a storage. */
export function stored(result: AuthResult): AuthResult {
  return JSON.parse(JSON.stringify(result)) as AuthResult
}
