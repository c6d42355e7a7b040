import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { AuthConnect, AuthProvider, type AuthResult } from '../src/index.js'
import { startIssuer, type Issuer } from './issuer.js'
import { PlainProvider, signIn, stored } from './sign_in.js'

let issuer: Issuer
const provider = new PlainProvider()
beforeAll(async () => {
  issuer = await startIssuer()
  await AuthConnect.setup({ platform: 'web', logLevel: 'NONE', web: CURRENT })
})
afterEach(() => {
  issuer.fault = {}
})
afterAll(() => issuer.stop())

const CURRENT = { uiMode: 'current', authFlow: 'PKCE' } as const

test('a refresh brings new tokens of the same sign-in', async () => {
  const first = await signIn(provider, issuer)
  const second = await AuthConnect.refreshSession(provider, stored(first))
  expect(second.accessToken).not.toBe(first.accessToken)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect(second.expiresIn).toBe(5)
  expect(second.receivedAt).toBeGreaterThanOrEqual(first.receivedAt)
  expect(second.provider).toEqual(first.provider)
  expect(JSON.parse(second.rawResult)).toMatchObject({ access_token: second.accessToken })
  expect(second.idToken).not.toBe(first.idToken)
  expect(stored(second)).toEqual(second)
  expect(await AuthConnect.isAccessTokenExpired(second)).toBe(false)
})

test('a thousand callers at once cause one request and get the same answer', async () => {
  const first = await signIn(provider, issuer)
  const before = issuer.forms.length
  const all = await Promise.all(
    Array.from({ length: 1000 }, () => AuthConnect.refreshSession(provider, stored(first))),
  )
  expect(issuer.forms.length).toBe(before + 1)
  expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1)
})

test('a result that was refreshed already gets what came of it, without a request', async () => {
  const first = await signIn(provider, issuer)
  const second = await AuthConnect.refreshSession(provider, first)
  const before = issuer.forms.length
  const late = await AuthConnect.refreshSession(provider, stored(first))
  expect(late.accessToken).toBe(second.accessToken)
  expect(issuer.forms.length).toBe(before)
})

test('an access token that was made to expire is refreshed', async () => {
  const over = await AuthConnect.expire(await signIn(provider, issuer))
  expect(await AuthConnect.isAccessTokenExpired(over)).toBe(true)
  expect(await AuthConnect.isRefreshTokenAvailable(over)).toBe(true)
  const fresh = await AuthConnect.refreshSession(provider, over)
  expect(await AuthConnect.isAccessTokenExpired(fresh)).toBe(false)
})

test.each(['unavailable', 'html', 'cut'] as const)(
  'a refresh that fails for now (%s) can be asked for again',
  async (fault) => {
    const first = await signIn(provider, issuer)
    issuer.fault = { token: fault }
    await expect(AuthConnect.refreshSession(provider, first)).rejects.toMatchObject({
      code: 'unavailable',
      temporary: true,
    })
    issuer.fault = {}
    const again = await vi.waitUntil(
      () => AuthConnect.refreshSession(provider, first).catch(() => null),
      { timeout: 20_000 },
    )
    expect(again.accessToken).not.toBe(first.accessToken)
  },
  30_000,
)

test('a refresh token that the provider refuses ends the sign-in', async () => {
  const first = await signIn(provider, issuer)
  issuer.fault = { token: 'invalid_grant' }
  await expect(AuthConnect.refreshSession(provider, first)).rejects.toMatchObject({
    code: 'signed_out',
    error: 'invalid_grant',
    temporary: false,
  })
})

test('without a refresh token nothing is asked', async () => {
  const { refreshToken: _, ...first } = await signIn(provider, issuer)
  const before = issuer.forms.length
  await expect(AuthConnect.refreshSession(provider, first)).rejects.toMatchObject({
    code: 'no_refresh_token',
  })
  expect(issuer.forms.length).toBe(before)
})

test('the ID token of somebody else is not taken over', async () => {
  const first = await signIn(provider, issuer)
  issuer.fault = { claims: { sub: 'eve' } }
  const second = await AuthConnect.refreshSession(provider, first)
  expect(second.idToken).toBe(first.idToken)
})

test('signing out wins over a refresh under way, whose tokens are revoked', async () => {
  const first = await signIn(provider, issuer)
  let answer = (): void => undefined
  issuer.fault = { slow: new Promise((resolve) => (answer = resolve)) }
  const before = issuer.forms.length
  const refreshing = AuthConnect.refreshSession(provider, first).catch(
    (error: { code: string }) => error.code,
  )
  await vi.waitUntil(() => issuer.forms.length > before)
  vi.stubGlobal('location', { assign: () => undefined })
  await AuthConnect.logout(provider, first)
  vi.unstubAllGlobals()
  answer()
  expect(await refreshing).toBe('signed_out')
  const late = `${first.refreshToken?.replace('.1', '.2')}`
  await vi.waitUntil(() => issuer.revoked.includes(late))
  await expect(AuthConnect.refreshSession(provider, first)).rejects.toMatchObject({
    code: 'signed_out',
  })
})

test('a provider of one’s own says how it wants to be asked', async () => {
  class Particular extends AuthProvider {
    override async refreshTokenRequest(auth?: AuthResult) {
      const { url, payload = {}, ...rest } = await super.refreshTokenRequest(auth)
      const { scope: _, ...without } = payload
      return { ...rest, url, payload: { ...without, policy: 'b2c_1' } }
    }
  }
  const first = await signIn(provider, issuer)
  await AuthConnect.refreshSession(new Particular(), first)
  expect(issuer.forms.at(-1)).toEqual({
    grant_type: 'refresh_token',
    client_id: 'app',
    redirect_uri: 'http://localhost/callback',
    refresh_token: first.refreshToken,
    policy: 'b2c_1',
  })
})

test('a result that another library stored is refreshed once, too', async () => {
  const first = { ...(await signIn(provider, issuer)), state: {} }
  const before = issuer.forms.length
  const [one, other] = await Promise.all([
    AuthConnect.refreshSession(provider, stored(first)),
    AuthConnect.refreshSession(provider, stored(first)),
  ])
  expect(one).toEqual(other)
  expect(issuer.forms.length).toBe(before + 1)
  const next = await AuthConnect.refreshSession(provider, stored(one))
  expect(next.state).toEqual(one.state)
})

test('a provider’s class that fails is told from a provider that fails', async () => {
  class Broken extends AuthProvider {
    override async refreshTokenRequest(): Promise<never> {
      throw new TypeError('a slip')
    }
  }
  await expect(
    AuthConnect.refreshSession(new Broken(), await signIn(provider, issuer)),
  ).rejects.toMatchObject({ code: 'misconfigured', cause: { message: 'a slip' } })
})
