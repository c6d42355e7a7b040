import { readFileSync } from 'node:fs'

import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { loadCore } from '../src/core.js'
import { value, verify } from '../src/id_token.js'
import { openIssuer } from '../src/issuer.js'
import { Issuer } from './support/issuer.js'
import { rejection } from './support/session.js'

interface Case {
  name: string
  change: Record<string, unknown>
  previous?: Record<string, unknown>
  fault: string | null
  now?: number
  skew?: number
  max_age?: number
  acr?: string
  trusted?: string
}

const table = JSON.parse(
  readFileSync(
    new URL('../../../crates/tenure-oidc/cases/id_claims.json', import.meta.url),
    'utf8',
  ),
) as {
  base: Record<string, unknown>
  expect: { issuer: string; client_id: string; nonce: string }
  cases: Case[]
}

describe('the claims of', () => {
  test.each(table.cases)('$name', async (it) => {
    const core = await loadCore()
    const { issuer, client_id, nonce } = table.expect
    const claims = { ...table.base, ...it.previous, ...it.change }
    const [fault] = core.ask(
      'claims',
      issuer,
      client_id,
      nonce,
      it.max_age && it.max_age * 1000,
      it.acr,
      (it.skew ?? 60) * 1000,
      it.trusted,
      (it.now ?? 1_700_000_000) * 1000,
      it.previous !== undefined,
      ...value(present(claims)),
      ...(it.previous ? value(present({ ...table.base, ...it.previous })) : []),
    )
    expect(fault || null).toBe(it.fault)
  })
})

describe('an ID token', () => {
  let issuer: Issuer
  let keys: CryptoKeyPair

  beforeAll(async () => {
    keys = await crypto.subtle.generateKey(RS256, true, ['sign', 'verify'])
  })
  beforeEach(async () => {
    issuer = await Issuer.start()
    issuer.keys = [await published(keys.publicKey, 'one')]
  })
  afterEach(() => issuer.stop())

  test('with a good signature and good claims is believed', async () => {
    expect(await check(await signed())).toMatchObject({ sub: 'ada' })
  })

  test('signed with an elliptic curve is believed', async () => {
    for (const [alg, how] of [
      ['ES256', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }],
      ['Ed25519', { name: 'Ed25519' }],
      ['EdDSA', { name: 'Ed25519' }],
    ] as [string, EcKeyGenParams & EcdsaParams][]) {
      const pair = (await crypto.subtle.generateKey(how, true, ['sign'])) as CryptoKeyPair
      issuer.keys.push(await published(pair.publicKey, alg))
      const token = await signed({}, { alg, kid: alg }, (data) =>
        crypto.subtle.sign(how, pair.privateKey, data),
      )
      expect(await check(token)).toMatchObject({ sub: 'ada' })
    }
  })

  test('without a key name is checked with the only key of its type', async () => {
    const token = await signed({}, { kid: undefined })
    expect(await check(token)).toMatchObject({ sub: 'ada' })
    issuer.keys.push(await published(keys.publicKey, 'two'))
    expect(await fault(token)).toBe('unknown_key')
  })

  // Norm 41.
  test('with the algorithm none is not', async () => {
    expect(await fault(await signed({}, { alg: 'none' }, () => new Uint8Array()))).toBe('algorithm')
  })

  // Norm 41.
  test('with the public key as a shared secret is not', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(issuer.keys[0]))
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign'])
    const token = await signed({}, { alg: 'HS256' }, (data) => crypto.subtle.sign(hmac, key, data))
    expect(await fault(token)).toBe('algorithm')
  })

  test('of an unknown key is not', async () => {
    expect(await fault(await signed({}, { kid: 'other' }))).toBe('unknown_key')
  })

  test('that was changed is not', async () => {
    const [head, , signature] = (await signed()).split('.')
    const [, body] = (await signed({ sub: 'eve' })).split('.')
    expect(await fault([head, body, signature].join('.'))).toBe('signature')
  })

  test('that is no token is not', async () => {
    for (const token of ['', 'a.b', 'a.b.c', `${await signed()}.more`]) {
      expect(await fault(token)).toBe('algorithm')
    }
  })

  test('with wrong claims is not', async () => {
    const now = Math.trunc(Date.now() / 1000)
    for (const [change, what] of [
      [{ iss: 'https://evil.example' }, 'issuer_mismatch'],
      [{ aud: 'other' }, 'audience_mismatch'],
      [{ nonce: 'other' }, 'nonce_mismatch'],
      [{ exp: now - 61 }, 'expired'],
      [{ iat: now + 120 }, 'issued_in_future'],
      [{ sub: undefined }, 'missing:sub'],
    ] as const) {
      expect(await fault(await signed(change))).toBe(what)
    }
  })

  async function check(token: string): Promise<unknown> {
    const core = await loadCore()
    const options = { issuer: issuer.url, clientId: 'cards' }
    return verify(core, openIssuer(core, options), options, token, 'n-1')
  }

  async function fault(token: string): Promise<string | undefined> {
    const { code, detail } = await rejection(check(token))
    expect(code).toBe('invalid_id_token')
    return detail
  }

  async function signed(
    change: object = {},
    head: object = {},
    sign: (data: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer> | Uint8Array = (data) =>
      crypto.subtle.sign(RS256, keys.privateKey, data),
  ): Promise<string> {
    const now = Math.trunc(Date.now() / 1000)
    const claims = { iss: issuer.url, sub: 'ada', aud: 'cards', exp: now + 300, iat: now }
    const parts = [
      { alg: 'RS256', kid: 'one', ...head },
      { ...claims, nonce: 'n-1', ...change },
    ]
    const text = parts.map((part) => encoded(Buffer.from(JSON.stringify(part)))).join('.')
    return `${text}.${encoded(new Uint8Array(await sign(new TextEncoder().encode(text))))}`
  }
})

async function published(key: CryptoKey, kid: string): Promise<JsonWebKey> {
  return { ...(await crypto.subtle.exportKey('jwk', key)), kid } as JsonWebKey
}

function present(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, claim]) => claim !== null))
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

const RS256 = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
