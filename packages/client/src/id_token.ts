import type { Core } from './core.js'
import { SessionError } from './errors.js'
import type { Field } from './fields.js'
import type { Issuer } from './issuer.js'
import { fromBase64url, jwtPart } from '../../parts/jwt.js'
import type { Identity, SessionOptions } from './types.js'

/** What an ID token must say. */
export interface ExpectedIdToken {
  issuer: string
  clientId: string
  /** That of the sign-in; empty where none was sent. */
  nonce?: string
  /** How far the clocks may differ. Default: 60 s, at most 300 s. */
  clockToleranceSecs?: number | undefined
}

/** Checks the ID token of a session's issuer. */
export function verify(
  core: Core,
  issuer: Issuer,
  { issuer: iss, clientId, clockToleranceSecs }: SessionOptions,
  token: string,
  nonce: string,
): Promise<Identity> {
  const expected = { issuer: iss, clientId, nonce, clockToleranceSecs }
  return checkIdToken(core, token, () => issuer.keys(), expected)
}

/** Checks an ID token: its signature here, by WebCrypto; its claims in the core. */
export async function checkIdToken(
  core: Core,
  token: string,
  keys: () => Promise<JsonWebKey[]>,
  { issuer, clientId, nonce, clockToleranceSecs = 60 }: ExpectedIdToken,
): Promise<Identity> {
  const [head = '', body = '', signature = '', ...more] = token.split('.')
  const header = jwtPart(head)
  const claims = jwtPart(body)
  const [type, how] = ALGORITHMS[String(header?.['alg'])] ?? []
  if (!header || !claims || !type || !how || more.length > 0) throw invalid('algorithm')
  const jwk = pick(await keys(), type, header['kid'])
  if (!jwk) throw invalid('unknown_key')
  const key = await subtle().importKey('jwk', plain(jwk), how, false, ['verify'])
  const signed = new TextEncoder().encode(`${head}.${body}`)
  const good = await subtle().verify(how, key, fromBase64url(signature), signed)
  if (!good) throw invalid('signature')
  const skew = clockToleranceSecs * 1000
  const about = [issuer, clientId, nonce, null, null, skew, null, Date.now(), false] as const
  const [fault] = core.ask('claims', ...about, ...value(claims))
  if (fault) throw invalid(fault)
  return claims as unknown as Identity
}

export function invalid(detail: string): SessionError {
  return new SessionError(
    'invalid_id_token',
    `the issuer's ID token is not believed (${detail}): check its clock, keys and registration`,
    { detail },
  )
}

/** WebCrypto, which a page has on https and on this machine only. */
export function subtle(): SubtleCrypto {
  const found = (globalThis.crypto as Crypto | undefined)?.subtle
  if (found) return found
  throw new SessionError(
    'insecure_context',
    'this page has no WebCrypto: serve it over https, or from localhost',
  )
}

/** The key that a token names; without a name the only one of its type. */
function pick(keys: JsonWebKey[], type: string, kid: unknown): JsonWebKey | undefined {
  const fits = keys.filter((key) => key.kty === type && (key.use ?? 'sig') === 'sig')
  if (kid === undefined) return fits.length === 1 ? fits[0] : undefined
  return fits.find((key) => (key as { kid?: unknown }).kid === kid)
}

/** The core's form of a JSON value: a tag, then what belongs to it. */
export function value(of: unknown): Field[] {
  if (of === null || of === undefined) return ['z']
  if (typeof of === 'boolean') return [of ? 't' : 'f']
  if (typeof of === 'number') return ['n', Math.min(Math.max(of * 1000, -FAR), FAR)]
  if (typeof of === 'string') return ['s', of]
  if (Array.isArray(of)) return ['l', of.length, ...of.flatMap(value)]
  const members = Object.entries(of)
  return ['m', members.length, ...members.flatMap(([name, it]) => [name, ...value(it)])]
}

/** A key without what WebCrypto would argue about. */
function plain({ kty, n, e, crv, x, y }: JsonWebKey): JsonWebKey {
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })) as JsonWebKey
}

const FAR = Number.MAX_SAFE_INTEGER

type Algorithm = RsaHashedImportParams & EcKeyImportParams & EcdsaParams & RsaPssParams
const algorithm = (name: string, more: object): Algorithm => ({ name, ...more }) as Algorithm
const rsa = (bits: number): [string, Algorithm] => [
  'RSA',
  algorithm('RSASSA-PKCS1-v1_5', { hash: `SHA-${bits}` }),
]
const ec = (bits: number): [string, Algorithm] => [
  'EC',
  algorithm('ECDSA', { hash: `SHA-${bits}`, namedCurve: `P-${bits}` }),
]

/**
 * Signatures that are checked, with their type of key; `none` and shared secrets are not among
 * them (norm 41).
 */
const ALGORITHMS: { [alg: string]: [type: string, how: Algorithm] } = {
  RS256: rsa(256),
  RS384: rsa(384),
  RS512: rsa(512),
  PS256: ['RSA', algorithm('RSA-PSS', { hash: 'SHA-256', saltLength: 32 })],
  ES256: ec(256),
  ES384: ec(384),
  EdDSA: ['OKP', algorithm('Ed25519', {})],
  Ed25519: ['OKP', algorithm('Ed25519', {})],
}
