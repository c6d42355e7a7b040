import { SessionError } from '@tenure/client'
import { checkIdToken } from '@tenure/client/protocol'

import { claimsOf, headerOf } from '../../parts/jwt.js'
import { timeout } from '../../parts/timeout.js'
import { messageOf } from './faults.js'
import { identityOf } from './identity.js'
import type { IdTokenExpectations, LoginIdentity } from './types.js'

/** What an ID token must be, beyond what every one must be. */
export interface Expected {
  /** Seconds by which the clocks may differ, at most 300. */
  skew: number
  issuer?: string
  audience?: string
  subject?: string
}

/** The keys of the issuer could not be had: it says nothing about the token. */
export class KeysUnavailable extends Error {}

/** Checks an ID token with the keys that its issuer publishes, and says who it speaks of. */
export async function verify(
  token: string,
  expected: Expected,
): Promise<{ identity: LoginIdentity; claims: Record<string, unknown> }> {
  const header = headerOf(token)
  const claims = claimsOf(token)
  if (!header || !claims) throw new Error('The ID token is not a signed JSON Web Token')
  if (header['alg'] !== 'RS256') throw new Error('The ID token must be signed with RS256')
  // Before anything is asked of whoever it names.
  const issuer = issuerOf(claims, expected)
  const clientId = expected.audience ?? audienceOf(claims)
  const checked = { issuer, clientId, clockToleranceSecs: expected.skew }
  await checkIdToken(token, () => fetchKeys(issuer), checked).catch((cause: unknown) => {
    throw faultOf(cause, claims, expected)
  })
  if (expected.subject !== undefined && claims['sub'] !== expected.subject) {
    throw new Error('The ID token speaks of another person than before')
  }
  if (claims['token_use'] !== 'id') throw new Error('Id verification claim is not an id token')
  return { identity: identityOf(claims), claims }
}

/**
 * Checks an ID token. Whatever is wrong with it is written to the console, and gives `undefined`.
 *
 * A service must say whose tokens it believes, as `{ issuer, audience }`: without an issuer anybody
 * can sign a token of their own, and publish the keys that prove it. A number, as in version 6, is
 * the skew alone. Rejects where the second argument is neither.
 */
export const connectSessionVerifyDecodeIdToken = async (
  token: string,
  expected: number | IdTokenExpectations = {},
): Promise<LoginIdentity | undefined> => {
  const checked = expectedOf(expected)
  try {
    return (await verify(token, checked)).identity
  } catch (cause) {
    console.error('Reapit Connect Session error:', messageOf(cause))
    return undefined
  }
}

/** The same as `connectSessionVerifyDecodeIdToken`. */
export const connectSessionVerifyDecodeIdTokenWithPublicKeys = connectSessionVerifyDecodeIdToken

/** What was asked for; a mistake in it must not end in a token that is believed. */
function expectedOf(asked: unknown): Expected {
  if (typeof asked === 'string') throw new TypeError(notAPool(asked))
  const told = typeof asked === 'number' ? { skew: asked } : asked
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    throw new TypeError(`The second argument is no object: ${WRITE}`)
  }
  const unknown = Object.keys(told).find((name) => !KNOWN.includes(name))
  if (unknown !== undefined) throw new TypeError(`${unknown} is not understood: ${WRITE}`)
  const found: Expected = { skew: SKEW, ...told }
  if (!Number.isFinite(found.skew)) throw new TypeError('The skew must be a number of seconds')
  for (const name of ['issuer', 'audience'] as const) {
    const isText = typeof found[name] === 'string' && found[name] !== ''
    if (name in found && !isText) {
      throw new TypeError(`The ${name} is there, but is no text: is what it is read from missing?`)
    }
  }
  return found
}

/** In version 3 it was the user pool that tokens must be of. */
function notAPool(asked: string): string {
  const [, region] = /^([a-z]+(?:-[a-z]+)+-\d)_[\dA-Za-z]+$/.exec(asked) ?? []
  const issuer = region ? `https://cognito-idp.${region}.amazonaws.com/${asked}` : 'https://…'
  return `The second argument is not a user pool any more: write { issuer: '${issuer}' }`
}

function issuerOf({ iss }: Record<string, unknown>, { issuer }: Expected): string {
  if (typeof iss !== 'string' || iss === '') throw new Error('The ID token names no issuer (iss)')
  if (issuer === undefined || iss === issuer) return iss
  throw new Error(`The ID token is of the issuer ${iss}, not of ${issuer}`)
}

/** Whom a token is for that may be for anybody. */
function audienceOf({ aud }: Record<string, unknown>): string {
  const [first]: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (typeof first === 'string' && first !== '') return first
  throw new Error('The ID token names no audience (aud)')
}

/** What is wrong with a token, in the words of the original where it had some. */
function faultOf(cause: unknown, { exp }: Record<string, unknown>, { skew }: Expected): unknown {
  if (!(cause instanceof SessionError) || cause.code !== 'invalid_id_token') return cause
  const fault = cause.detail ?? ''
  if (fault !== 'expired')
    return new Error(FAULTS[fault] ?? `The ID token is not believed (${fault})`)
  const end = new Date((Number(exp) + skew) * 1000)
  return new Error(
    `Expiration Time (exp) claim error in the ID token; current time "${new Date()}" is after expiration time "${end}"`,
  )
}

async function fetchKeys(issuer: string): Promise<JsonWebKey[]> {
  let keys: unknown
  try {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`
    const response = await fetch(address, { signal: timeout(KEYS_TIMEOUT) })
    keys = ((await response.json()) as { keys?: unknown }).keys
  } catch (cause) {
    throw new KeysUnavailable(`The keys of ${issuer} cannot be had: ${messageOf(cause)}`)
  }
  if (Array.isArray(keys)) return keys as JsonWebKey[]
  throw new KeysUnavailable(`${issuer} does not show its keys`)
}

/** By the name of what is wrong, as the core has it. */
const FAULTS: Record<string, string> = {
  unknown_key: 'No key of the issuer signed the ID token',
  signature: 'The signature of the ID token is wrong',
  'missing:sub': 'Subject (sub) claim must be a string present in the ID token',
  'malformed:sub': 'Subject (sub) claim must be a string present in the ID token',
  audience_mismatch: 'The ID token is for another client (aud)',
  auth_time_in_future: 'Id verification claim expired',
}
const KEYS_TIMEOUT = 10_000
const SKEW = 300
const KNOWN = ['issuer', 'audience', 'skew']
const WRITE = "write { issuer: 'https://…', audience: 'the client id' }"
