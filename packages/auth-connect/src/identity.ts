import { checkIdToken as checked, fetchKeys, subtle } from '@tenure/client/protocol'
import type { SessionOptions } from '@tenure/client'
import { fetcher } from './config.js'
import { AuthConnectError, asError } from './errors.js'
import { base64url, claimsOf, headerOf } from '../../parts/jwt.js'
import type { Manifest, ProviderOptions } from './types.js'

/** A sign-in's ID token, checked: its signature, and its claims by the core. */
export async function checkIdToken(
  token: string,
  manifest: Manifest,
  options: ProviderOptions,
  nonce: string,
): Promise<void> {
  const session = sessionOptions(manifest, options)
  const { issuer, clientId } = session
  try {
    await checked(token, () => fetchKeys(session), { issuer, clientId, nonce })
  } catch (cause) {
    throw asError(cause)
  }
}

/** OpenID Connect Core §3.2.2.9: an access token out of the address is the one that is meant. */
export async function checkAccessTokenHash(idToken: string, accessToken: string): Promise<void> {
  // EdDSA over Ed25519 has no length in its name; it hashes to 512 bits.
  const size = /(256|384|512)$/.exec(String(headerOf(idToken)?.['alg']))?.[1] ?? '512'
  const digest = await subtle().digest(`SHA-${size}`, new TextEncoder().encode(accessToken))
  const expected = base64url(digest.slice(0, digest.byteLength / 2))
  if (claimsOf(idToken)?.['at_hash'] === expected) return
  throw new AuthConnectError('invalid_id_token', 'the ID token is of another access token')
}

/** The ID token that a refresh brought, where it is good and of the same person. */
export async function refreshedIdToken(
  token: string,
  before: string | undefined,
  manifest: Manifest,
  options: ProviderOptions,
): Promise<string | undefined> {
  const known = claimsOf(before)?.['sub']
  if (known !== undefined && claimsOf(token)?.['sub'] !== known) return before
  return checkIdToken(token, manifest, options, '').then(
    () => token,
    // What cannot be checked now is not believed; the one of the sign-in stays.
    () => before,
  )
}

/** The same provider as `@tenure/client` wants it. */
export function sessionOptions(manifest: Manifest, options: ProviderOptions): SessionOptions {
  return {
    issuer: String(manifest['issuer']),
    clientId: options.clientId,
    scope: options.scope,
    metadata: metadata(manifest),
    fetch: (input, init) => fetcher()(input, init),
  }
}

function metadata(manifest: Manifest): NonNullable<SessionOptions['metadata']> {
  const found: Record<string, string> = {}
  for (const name of ENDPOINTS) {
    const url: unknown = manifest[name]
    if (typeof url === 'string') found[name] = url
  }
  return found
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'revocation_endpoint',
  'end_session_endpoint',
]
