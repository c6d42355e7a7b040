// Telling another issuer that a session of its own is over: needed where a sign-in took its place.
import type { Core } from './core.js'
import { SessionError } from './errors.js'
import { openIssuer } from './issuer.js'
import type { SessionOptions } from './types.js'

/**
 * Revokes a refresh token where it came from. Without a secret: the one that is known here is that
 * of another client.
 */
export async function revokeAt(
  core: Core,
  { issuer, clientId, fetch }: SessionOptions,
  refreshToken: string,
): Promise<void> {
  const [body = ''] = core.ask('revoke', clientId, refreshToken)
  const more = fetch && { fetch }
  const at = async (name: string): Promise<boolean> =>
    openIssuer(core, { issuer: name, clientId, ...more }).revoke(body)
  // An issuer without a path may write its own name with a slash at the end, which is not kept.
  const told = await at(issuer).catch((cause: unknown) => {
    if (cause instanceof SessionError && cause.code === 'misconfigured') return at(`${issuer}/`)
    throw cause
  })
  if (told) return
  throw new SessionError('unavailable', `${issuer} could not be told that a session is over`)
}
