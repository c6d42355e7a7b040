// A sign-in from its beginning to its end, without a page: the test is the browser.

import { createHash } from 'node:crypto'

import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { Records } from '../src/records.js'
import type { CallbackResult, Session, SignInOptions } from '../src/index.js'
import { Issuer, json, text, TOKENS } from './support/issuer.js'
import { open, rejection } from './support/session.js'

const BACK = 'http://127.0.0.1:7/callback'
const ED25519 = { name: 'Ed25519' }

/** Where a sign-in is asked to return to, and where it returns to. */
const PLACES: [asked: string, returned: string][] = [
  ['/', '/'],
  ['/orders/7?tab=items#last', '/orders/7?tab=items#last'],
  ['/search?q=//x\\y', '/search?q=//x\\y'],
  ['/a//b', '/a//b'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['\\\\evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['orders', '/'],
  ['/\t/evil.example', '/'],
  ['/%09/evil.example', '/'],
  ['/%2Fevil.example', '/'],
  ['/%5cevil.example', '/'],
  ['/.//evil.example', '/'],
  ['/a/..//evil.example', '/'],
  ['/a/%2e%2E//evil.example', '/'],
  ['/a\nb', '/'],
]

let keys: CryptoKeyPair
beforeAll(async () => {
  keys = (await crypto.subtle.generateKey(ED25519, true, ['sign'])) as CryptoKeyPair
})

let issuer: Issuer
beforeEach(async () => {
  issuer = await Issuer.start()
  issuer.keys = [await crypto.subtle.exportKey('jwk', keys.publicKey)]
})
afterEach(() => issuer.stop())

/** Begins a sign-in; gives the parameters of the address that a person would be sent to. */
async function begin(session: Session, asked: SignInOptions = {}): Promise<URLSearchParams> {
  let address = ''
  await session.signIn({ redirectUri: BACK, open: (url) => void (address = url), ...asked })
  expect(address).toMatch(`${issuer.url}/authorize?`)
  return new URL(address).searchParams
}

/** Comes back with a code, for tokens of this ID token's claims. */
async function comeBack(
  session: Session,
  begun: URLSearchParams,
  claims: object = {},
): Promise<CallbackResult | null> {
  await grant(begun, claims)
  return session.handleCallback(answer(begun))
}

/** The issuer answers with an ID token of these claims. */
async function grant(begun: URLSearchParams, claims: object = {}): Promise<void> {
  const now = Math.trunc(Date.now() / 1000)
  const usual = { iss: issuer.url, aud: 'cards', sub: 'ada', iat: now, exp: now + 60 }
  const idToken = await signed({ ...usual, nonce: begun.get('nonce'), ...claims })
  issuer.token = json(200, { ...TOKENS, id_token: idToken })
}

function answer(begun: URLSearchParams, more: Record<string, string> = { code: 'c-1' }): URL {
  const address = new URL(BACK)
  address.search = String(new URLSearchParams({ state: begun.get('state') ?? '', ...more }))
  return address
}

test('asks for a code with PKCE, state and nonce, and exchanges it once', async () => {
  const session = open(issuer.url)
  const asked = { returnTo: '/deep?x=1#y', parameters: { audience: 'api' } }
  const begun = await begin(session, asked)
  expect(Object.fromEntries(begun)).toMatchObject({
    response_type: 'code',
    client_id: 'cards',
    redirect_uri: BACK,
    scope: 'openid profile offline_access',
    code_challenge_method: 'S256',
    audience: 'api',
  })
  expect(await comeBack(session, begun)).toEqual({
    returnTo: '/deep?x=1#y',
    identity: expect.objectContaining({ sub: 'ada' }),
  })
  expect(await session.accessToken()).toBe('at-new')
  expect(session.identity?.sub).toBe('ada')
  const [exchange, ...more] = issuer.to('/token')
  expect(more).toHaveLength(0)
  const form = new URLSearchParams(exchange?.body)
  const challenge = createHash('sha256').update(form.get('code_verifier') ?? '')
  expect(challenge.digest('base64url')).toBe(begun.get('code_challenge'))
  expect(form.get('redirect_uri')).toBe(BACK)
})

test('two calls for one callback are the same promise, and its state is used up', async () => {
  const session = open(issuer.url)
  const begun = await begin(session)
  await grant(begun)
  const one = session.handleCallback(answer(begun))
  expect(session.handleCallback(answer(begun))).toBe(one)
  expect((await one)?.identity?.sub).toBe('ada')
  expect(session.handleCallback(answer(begun))).toBe(one)
  expect(issuer.to('/token')).toHaveLength(1)
  const other = open(issuer.url)
  const error = await rejection(other.handleCallback(answer(begun)))
  expect(error.code).toBe('state_already_used')
})

test('two sign-ins at once do not disturb each other', async () => {
  const session = open(issuer.url)
  const [one, two] = [await begin(session), await begin(session)]
  expect((await comeBack(session, two, { sub: 'bob' }))?.identity?.sub).toBe('bob')
  expect((await comeBack(session, one, { sub: 'ada' }))?.identity?.sub).toBe('ada')
})

test('a parameter that Tenure sets itself is refused', async () => {
  const session = open(issuer.url)
  const parameters = { state: 'mine' }
  const error = await rejection(session.signIn({ redirectUri: BACK, open() {}, parameters }))
  expect(error).toMatchObject({ code: 'misconfigured', detail: 'state' })
})

test('without a redirect address a sign-in from a program says so', async () => {
  const session = open(issuer.url)
  expect(await rejection(session.signIn({ open() {} }))).toMatchObject({ code: 'misconfigured' })
})

describe('any link is harmless', () => {
  test.each([
    `${BACK}?q=%00`,
    `${BACK}#a=%00`,
    `${BACK}?%00=1`,
    `${BACK}?code%00=c&state=s`,
    `${BACK}?code=%00`,
    `${BACK}?x=%00code%00c`,
    `${BACK}?state=s%00code%00c`,
    `${BACK}?error=%00access_denied`,
  ])('%s is no callback', async (link) => {
    expect(await open(issuer.url).handleCallback(link)).toBeNull()
  })

  test('a NUL in one parameter of an answer does not make another one', async () => {
    const session = open(issuer.url)
    const begun = await begin(session)
    const state = begun.get('state') ?? ''
    const smuggled = new URL(`${BACK}?code=c&x=%00state%00${state}&iss=%00state%00${state}`)
    expect(await rejection(session.handleCallback(smuggled))).toMatchObject({
      code: 'state_missing',
    })
    expect((await comeBack(session, begun))?.identity?.sub).toBe('ada')
  })
})

describe('a sign-in returns to', () => {
  test.each(PLACES)('%s as %s', async (asked, returned) => {
    const session = open(issuer.url)
    const begun = await begin(session, { returnTo: asked })
    expect((await comeBack(session, begun))?.returnTo).toBe(returned)
  })

  test('no other origin, also where an older version noted that', async () => {
    const session = open(issuer.url)
    const begun = await begin(session, { returnTo: '/orders' })
    const records = new Records(`tenure:${issuer.url}|cards`)
    const all = records.all()
    const own = all.find(([state]) => state === begun.get('state')) ?? []
    expect(own.at(-1)).toBe('/orders')
    own[own.length - 1] = '//evil.example/phish'
    records.keep([String(all.length), ...all.flat()])
    expect((await comeBack(session, begun))?.returnTo).toBe('/')
  })
})

describe('nobody is signed in by', () => {
  let session: Session
  let begun: URLSearchParams
  beforeEach(async () => {
    session = open(issuer.url)
    begun = await begin(session)
  })
  afterEach(() => {
    expect(session.snapshot()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
  })
  const failure = (address = answer(begun)): Promise<unknown> =>
    rejection(session.handleCallback(address))

  test('a code that counts no more', async () => {
    issuer.token = json(400, { error: 'invalid_grant', error_description: 'too late' })
    const error = await failure()
    expect(error).toMatchObject({ code: 'refused', detail: 'invalid_grant', temporary: false })
    expect(String(error)).toContain('too late')
  })

  test('an issuer that is down', async () => {
    issuer.token = text(503, 'down')
    expect(await failure()).toMatchObject({ code: 'unavailable', detail: 'overloaded' })
  })

  test('a client that is not accepted', async () => {
    issuer.token = json(401, { error: 'invalid_client' })
    expect(await failure()).toMatchObject({ code: 'misconfigured' })
  })

  test('tokens without an ID token', async () => {
    issuer.token = json(200, TOKENS)
    expect(await failure()).toMatchObject({ code: 'invalid_id_token', detail: 'missing' })
  })

  test('the ID token of another sign-in', async () => {
    const error = await rejection(comeBack(session, begun, { nonce: 'other' }))
    expect(error).toMatchObject({ code: 'invalid_id_token', detail: 'nonce_mismatch' })
  })

  test('an issuer that does not show its keys', async () => {
    issuer.metadata = { jwks_uri: `${issuer.url}/elsewhere` }
    session = open(issuer.url)
    begun = await begin(session)
    const error = await rejection(comeBack(session, begun))
    expect(error).toMatchObject({ code: 'unavailable', temporary: true })
  })

  test('a person who says no', async () => {
    const error = await failure(answer(begun, { error: 'access_denied' }))
    expect(error).toMatchObject({ code: 'refused', detail: 'access_denied' })
  })

  test('an issuer that cannot answer now', async () => {
    const error = await failure(answer(begun, { error: 'temporarily_unavailable' }))
    expect(error).toMatchObject({ code: 'unavailable', detail: 'temporarily_unavailable' })
  })

  // RFC 9207 §2.4.
  test('another issuer', async () => {
    const error = await failure(answer(begun, { code: 'c', iss: 'https://evil.example' }))
    expect(error).toMatchObject({ code: 'invalid_callback', detail: 'issuer_mismatch' })
    expect(issuer.to('/token')).toHaveLength(0)
  })

  test('an answer that says yes and no', async () => {
    const error = await failure(answer(begun, { code: 'c', error: 'access_denied' }))
    expect(error).toMatchObject({ code: 'invalid_callback', detail: 'code_and_error' })
  })

  test('a state from elsewhere', async () => {
    const error = await failure(new URL(`${BACK}?code=c&state=foreign`))
    expect(error).toMatchObject({ code: 'state_mismatch' })
    expect(issuer.to('/token')).toHaveLength(0)
  })
})

async function signed(claims: object): Promise<string> {
  const parts = [{ alg: 'EdDSA' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = await crypto.subtle.sign(
    ED25519,
    keys.privateKey,
    new TextEncoder().encode(parts.join('.')),
  )
  return [...parts, Buffer.from(signature).toString('base64url')].join('.')
}

test.each([
  ['says so', true, /^[\w-]{43}$/],
  ['says no', false, null],
  ['says something else', 'true', null],
  ['says nothing', undefined, null],
])('a retry key goes with the code where the issuer %s', async (_, supported, form) => {
  issuer.metadata = { retry_key_supported: supported }
  const keys: (string | null)[] = []
  for (let times = 0; times < 2; times += 1) {
    const session = open(issuer.url)
    await comeBack(session, await begin(session))
    const exchange = issuer.to('/token').at(-1)
    keys.push(new URLSearchParams(exchange?.body).get('retry_key'))
  }
  if (form === null) return expect(keys).toEqual([null, null])
  for (const key of keys) expect(key).toMatch(form)
  expect(keys[0]).not.toBe(keys[1])
})
