import { messageOf } from './faults.js'
import { identityOf } from './identity.js'
import { fromBase64url, jwtPart } from '../../parts/jwt.js'
import { timeout } from '../../parts/timeout.js'
import type { IdTokenExpectations, LoginIdentity } from './types.js'

/** What an ID token must be, beyond what every one must be. */
export interface Expected {
  /** Seconds by which the clocks may differ. */
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
  const [head, body, signature, ...more] = String(token).split('.')
  const header = jwtPart(head)
  const claims = jwtPart(body)
  if (!header || !claims || signature === undefined || more.length > 0) {
    throw new Error('The ID token is not a signed JSON Web Token')
  }
  if (header['alg'] !== 'RS256') throw new Error('The ID token must be signed with RS256')
  checkIssuer(claims, expected)
  const key = await fetchKey(String(claims['iss']), header['kid'])
  const signed = new TextEncoder().encode(`${head}.${body}`)
  if (!(await crypto.subtle.verify(RS256, key, fromBase64url(signature), signed))) {
    throw new Error('The signature of the ID token is wrong')
  }
  checkAudience(claims, expected)
  checkTimes(claims, expected.skew)
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

function checkIssuer({ iss }: Record<string, unknown>, { issuer }: Expected): void {
  if (typeof iss !== 'string' || iss === '') throw new Error('The ID token names no issuer (iss)')
  if (issuer !== undefined && iss !== issuer) {
    throw new Error(`The ID token is of the issuer ${iss}, not of ${issuer}`)
  }
}

function checkAudience(claims: Record<string, unknown>, { audience, subject }: Expected): void {
  const { sub, aud, azp } = claims
  if (typeof sub !== 'string' || sub === '') {
    throw new Error('Subject (sub) claim must be a string present in the ID token')
  }
  if (subject !== undefined && sub !== subject) {
    throw new Error('The ID token speaks of another person than before')
  }
  const all: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (all.length === 0 || !all.every((one) => typeof one === 'string' && one !== '')) {
    throw new Error('The ID token names no audience (aud)')
  }
  const whom = audience ?? all[0]
  if (!all.includes(whom)) throw new Error('The ID token is for another client (aud)')
  if (all.length > 1 && azp !== whom) throw new Error('The ID token is for another party (azp)')
}

function checkTimes(claims: Record<string, unknown>, skew: number): void {
  const { exp, iat, nbf, auth_time: signedInAt } = claims
  if (typeof exp !== 'number' || typeof iat !== 'number') {
    throw new Error('The ID token has no times (exp, iat)')
  }
  const now = new Date()
  const end = new Date((exp + LEEWAY) * 1000)
  if (now > end) {
    throw new Error(
      `Expiration Time (exp) claim error in the ID token; current time "${now}" is after expiration time "${end}"`,
    )
  }
  if (typeof nbf === 'number' && now < new Date((nbf - LEEWAY) * 1000)) {
    throw new Error('The ID token is not valid yet (nbf)')
  }
  const seconds = Math.floor(now.getTime() / 1000)
  if (seconds > exp + skew || seconds + skew < Number(signedInAt ?? 0)) {
    throw new Error('Id verification claim expired')
  }
}

async function fetchKey(issuer: string, kid: unknown): Promise<CryptoKey> {
  let keys: unknown
  try {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`
    const response = await fetch(address, { signal: timeout(KEYS_TIMEOUT) })
    keys = ((await response.json()) as { keys?: unknown }).keys
  } catch (cause) {
    throw new KeysUnavailable(`The keys of ${issuer} cannot be had: ${messageOf(cause)}`)
  }
  if (!Array.isArray(keys)) throw new KeysUnavailable(`${issuer} does not show its keys`)
  const jwk = (keys as JsonWebKey[]).find((key) => (key as { kid?: unknown }).kid === kid)
  if (!jwk?.n || !jwk.e) throw new Error(`No key of ${issuer} signed the ID token`)
  const plain = { kty: 'RSA', n: jwk.n, e: jwk.e }
  return crypto.subtle.importKey('jwk', plain, RS256, false, ['verify'])
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
/** Seconds that an expired token is still taken for, whatever skew was asked for. */
const LEEWAY = 300
const KEYS_TIMEOUT = 10_000
const SKEW = 300
const KNOWN = ['issuer', 'audience', 'skew']
const WRITE = "write { issuer: 'https://…', audience: 'the client id' }"
