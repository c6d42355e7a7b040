import type { Core } from './core.js'
import { SessionError } from './errors.js'
import type { Field } from './fields.js'
import type { Issuer } from './issuer.js'
import type { Identity, SessionOptions } from './types.js'

/** Checks an ID token: its signature here, by WebCrypto; its claims in the core. */
export async function verify(
  core: Core,
  issuer: Issuer,
  options: SessionOptions,
  token: string,
  nonce: string,
): Promise<Identity> {
  const parts = token.split('.')
  const header = json(parts[0])
  const claims = json(parts[1])
  const alg = String(header?.['alg'])
  const how = ALGORITHMS[alg]
  if (parts.length !== 3 || !header || !claims || !how) {
    throw invalid(`an ID token signed with ${alg} is not accepted`, 'algorithm')
  }
  const kid = typeof header['kid'] === 'string' ? header['kid'] : undefined
  const jwk = await issuer.key(kid, alg)
  const key = await subtle().importKey('jwk', plain(jwk), how, false, ['verify'])
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`)
  if (!(await subtle().verify(how, key, bytes(parts[2] ?? ''), signed))) {
    throw invalid('the signature of the ID token is wrong', 'signature')
  }
  const tolerance = (options.clockToleranceSecs ?? 60) * 1000
  const [fault] = core.ask(
    'claims',
    options.issuer,
    options.clientId,
    nonce,
    null,
    null,
    tolerance,
    null,
    Date.now(),
    false,
    ...value(claims),
  )
  if (fault) throw invalid(`the ID token is not good: ${fault}`, fault)
  return claims as unknown as Identity
}

/** The claims of a token that was checked before. */
export function claimsOf(token: string): Identity | null {
  return json(token.split('.')[1]) as Identity | null
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

/** Base64url without padding. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
}

function json(part: string | undefined): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes(part ?? '')))
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** The core's form of a JSON value: a tag, then what belongs to it. */
export function value(of: unknown): Field[] {
  if (of === null || of === undefined) return ['z']
  if (typeof of === 'boolean') return [of ? 't' : 'f']
  if (typeof of === 'number') {
    return ['n', Math.min(Math.max(Math.trunc(of * 1000), -Number.MAX_SAFE_INTEGER), FAR)]
  }
  if (typeof of === 'string') return ['s', of]
  if (Array.isArray(of)) return ['l', of.length, ...of.flatMap(value)]
  const members = Object.entries(of)
  return ['m', members.length, ...members.flatMap(([name, it]) => [name, ...value(it)])]
}

/** A key without what WebCrypto would argue about. */
function plain({ kty, n, e, crv, x, y }: JsonWebKey): JsonWebKey {
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })) as JsonWebKey
}

function invalid(message: string, detail: string): SessionError {
  return new SessionError('invalid_id_token', message, { detail })
}

const FAR = Number.MAX_SAFE_INTEGER

/** Signatures that are checked; `none` and shared secrets are not among them (norm 41). */
const ALGORITHMS: Record<string, RsaHashedImportParams & EcKeyImportParams & EcdsaParams> =
  Object.fromEntries([
    ['RS256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
    ['RS384', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }],
    ['RS512', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
    ['PS256', { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 }],
    ['ES256', { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' }],
    ['ES384', { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' }],
    ['EdDSA', { name: 'Ed25519' }],
    ['Ed25519', { name: 'Ed25519' }],
  ] as [string, never][])
