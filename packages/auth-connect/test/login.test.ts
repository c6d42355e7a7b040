import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { AuthConnect, AzureProvider, TokenType } from '../src/index.js'
import { startIssuer, type Issuer } from './issuer.js'
import { goAndComeBack, optionsFor, PlainProvider, signIn, stored } from './sign_in.js'

let issuer: Issuer
const provider = new PlainProvider()
beforeAll(async () => {
  issuer = await startIssuer()
  await AuthConnect.setup(setup('PKCE'))
})
afterEach(async () => {
  issuer.fault = {}
  await AuthConnect.setup(setup('PKCE'))
})
afterAll(() => issuer.stop())

function setup(authFlow: 'PKCE' | 'implicit') {
  return { platform: 'web', logLevel: 'NONE', web: { uiMode: 'current', authFlow } } as const
}

test('a sign-in brings a result that survives JSON', async () => {
  const before = Date.now()
  const result = await signIn(provider, issuer)
  expect(stored(result)).toEqual(result)
  expect(result).toMatchObject({
    tokenType: 'Bearer',
    expiresIn: 5,
    config: setup('PKCE'),
    provider: { authorizeUrl: `${issuer.url}/authorize`, options: optionsFor(issuer) },
  })
  expect(result.receivedAt).toBeGreaterThanOrEqual(before)
  expect(await AuthConnect.decodeToken<{ sub: string }>(TokenType.id, result)).toMatchObject({
    sub: 'ada',
  })
  expect(await AuthConnect.decodeToken(TokenType.id, result, true)).toMatchObject({ alg: 'ES256' })
  expect(await AuthConnect.decodeToken(TokenType.access, result)).toBeUndefined()
  expect(await AuthConnect.getToken(TokenType.refresh, result)).toBe(result.refreshToken)
})

test('the proof of the code does not stay in the result', async () => {
  const result = await signIn(provider, issuer)
  const proof = issuer.forms.at(-1)?.['code_verifier']
  expect(proof).toHaveLength(43)
  expect(JSON.stringify(result)).not.toContain(proof)
})

test('every sign-in has a nonce and a proof of its own, also with one provider', async () => {
  const [one, other] = await Promise.all([
    goAndComeBack(provider, optionsFor(issuer)),
    goAndComeBack(provider, optionsFor(issuer)),
  ])
  expect(one['state']).not.toBe(other['state'])
  await AuthConnect.handleLoginCallback(other)
  await AuthConnect.handleLoginCallback(one)
})

test('a callback that is handled twice exchanges its code once', async () => {
  const back = await goAndComeBack(provider, optionsFor(issuer))
  const before = issuer.forms.length
  const [one, other] = await Promise.all([
    AuthConnect.handleLoginCallback(back),
    AuthConnect.handleLoginCallback({ ...back }),
  ])
  expect(one).toEqual(other)
  expect(issuer.forms.length).toBe(before + 1)
})

test('the address itself does as well as its parameters', async () => {
  const back = await goAndComeBack(provider, optionsFor(issuer))
  const address = `http://localhost/callback?${new URLSearchParams(back).toString()}`
  expect(await AuthConnect.handleLoginCallback(address)).toMatchObject({ tokenType: 'Bearer' })
})

test('a state that is missing, foreign or used is told apart', async () => {
  const back = await goAndComeBack(provider, optionsFor(issuer))
  await AuthConnect.handleLoginCallback(back)
  const finish = (parameters: Record<string, string>) =>
    AuthConnect.handleLoginCallback(parameters).then(
      () => 'signed in',
      (error: { code: string }) => error.code,
    )
  expect(await finish({ code: 'x' })).toBe('state_missing')
  expect(await finish({ code: 'x', state: 'foreign' })).toBe('state_mismatch')
  expect(await finish({ code: 'x', state: back['state'] ?? '' })).toBe('state_already_used')
  expect(await finish({})).toBe('invalid_callback')
})

test('what the provider refuses is told in its own words', async () => {
  const { state = '' } = await goAndComeBack(provider, optionsFor(issuer))
  const answer = { error: 'access_denied', error_description: 'AADB2C90118: forgot', state }
  await expect(AuthConnect.handleLoginCallback(answer)).rejects.toMatchObject({
    code: 'refused',
    error: 'access_denied',
    errorMessage: 'AADB2C90118: forgot',
  })
})

test.each([
  ['another audience', { aud: 'other' }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['another nonce', { nonce: 'other' }],
  ['a life that is over', { exp: 1, iat: 0 }],
])('an ID token with %s signs nobody in', async (_, claims) => {
  issuer.fault = { claims }
  await expect(signIn(provider, issuer)).rejects.toMatchObject({ code: 'invalid_id_token' })
})

test('an answer without the ID token that was asked for signs nobody in', async () => {
  issuer.fault = { answer: { id_token: undefined } }
  await expect(signIn(provider, issuer)).rejects.toMatchObject({ code: 'invalid_id_token' })
})

test('the implicit flow takes tokens that belong together', async () => {
  await AuthConnect.setup(setup('implicit'))
  const back = await goAndComeBack(provider, optionsFor(issuer))
  const result = await AuthConnect.handleLoginCallback(back)
  expect(result).toMatchObject({ accessToken: 'at-implicit', expiresIn: 5 })
  const other = await goAndComeBack(provider, optionsFor(issuer))
  await expect(
    AuthConnect.handleLoginCallback({ ...other, access_token: 'of somebody else' }),
  ).rejects.toMatchObject({ code: 'invalid_id_token' })
})

test('a provider that cannot be reached is an error that may pass', async () => {
  issuer.fault = { token: 'unavailable' }
  await expect(signIn(provider, issuer)).rejects.toMatchObject({
    code: 'unavailable',
    temporary: true,
  })
  const nowhere = optionsFor(issuer, { discoveryUrl: 'http://127.0.0.1:1' })
  await expect(goAndComeBack(provider, nowhere)).rejects.toMatchObject({ temporary: true })
})

test('a discovery document of another issuer is refused, except by Azure', async () => {
  // The same provider by another name.
  const other = issuer.discoveryUrl.replace('127.0.0.1', 'localhost')
  const options = optionsFor(issuer, { discoveryUrl: other })
  await expect(goAndComeBack(provider, options)).rejects.toThrow(
    `the discovery document is of ${issuer.url}`,
  )
  const back = await goAndComeBack(new AzureProvider(), options)
  expect(await AuthConnect.handleLoginCallback(back)).toMatchObject({ tokenType: 'Bearer' })
})

test('a configuration that cannot work says what to do', async () => {
  const plain = optionsFor(issuer, { discoveryUrl: 'http://id.example' })
  await expect(goAndComeBack(provider, plain)).rejects.toThrow('must begin with https')
})
