import axios from 'axios'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  AuthConnect,
  createAuthentication,
  createFetch,
  createInterceptors,
  createSessionStore,
  type Authentication,
  type AuthenticationOptions,
  type SessionStore,
} from '../src/index.js'
import { startIssuer, type Issuer } from './issuer.js'
import { memoryStorage, memoryStore } from './page.js'
import { optionsFor, PlainProvider, signIn, stored } from './sign_in.js'

const CONFIG = {
  platform: 'web',
  logLevel: 'NONE',
  web: { uiMode: 'current', authFlow: 'PKCE' },
} as const
const provider = new PlainProvider()
let issuer: Issuer
let store: SessionStore
beforeAll(async () => {
  issuer = await startIssuer()
})
beforeEach(async () => {
  store = memoryStore()
  await AuthConnect.setup(CONFIG)
})
afterEach(() => {
  issuer.fault = {}
  vi.unstubAllGlobals()
})
afterAll(() => issuer.stop())

function authentication(more: Partial<AuthenticationOptions> = {}): Authentication {
  return createAuthentication({
    config: CONFIG,
    provider,
    options: optionsFor(issuer),
    store,
    ...more,
  })
}

async function expiredSession() {
  const session = await AuthConnect.expire(await signIn(provider, issuer))
  await store.setSession(session)
  return session
}

test('somebody who signs in when nobody waits any more is taken in', async () => {
  const onLoginCallback = vi.fn()
  const own = authentication({ config: { ...CONFIG, onLoginCallback } })
  await own.setup()
  const result = await signIn(provider, issuer)
  await vi.waitFor(() => expect(store.getSnapshot()).toBe(result))
  expect(onLoginCallback).toHaveBeenCalledExactlyOnceWith(result)
  expect(await own.isAuthenticated()).toBe(true)
})

test('a store gives the next start what the one before kept', async () => {
  const storage = memoryStorage()
  const session = stored(await signIn(provider, issuer))
  await createSessionStore({ storage }).setSession(session)
  const next = createSessionStore({ storage })
  expect(next.getSnapshot()).toBeNull()
  await next.initialize()
  expect(next.getSnapshot()).toEqual(session)
  expect(next.getSnapshot()).toBe(next.getSnapshot())
  await next.setSession(null)
  expect(storage.kept()).toEqual({ session: 'null' })
})

test.each(['{', '42', '"text"', '{"foreign":true}'])(
  'what is no result (%s) is nobody’s session',
  async (text) => {
    const damaged = createSessionStore({ storage: memoryStorage({ session: text }) })
    await damaged.initialize()
    expect(damaged.getSnapshot()).toBeNull()
  },
)

test('a store tells of each change, and does not undo one by reading late', async () => {
  const session = await signIn(provider, issuer)
  const told = vi.fn()
  const end = store.subscribe(told)
  const reading = store.initialize()
  await store.setSession(session)
  await reading
  expect(store.getSnapshot()).toBe(session)
  expect(told).toHaveBeenCalledTimes(1)
  end()
  await store.setSession(null)
  expect(told).toHaveBeenCalledTimes(1)
})

test('without a session nothing is asked', async () => {
  const available = vi.spyOn(AuthConnect, 'isAccessTokenAvailable')
  const { getAccessToken, isAuthenticated } = authentication()
  expect(await getAccessToken()).toBeUndefined()
  expect(await isAuthenticated()).toBe(false)
  expect(available).not.toHaveBeenCalled()
  available.mockRestore()
})

test('an access token that is good is used as it is', async () => {
  const session = await signIn(provider, issuer)
  await store.setSession(session)
  const before = issuer.forms.length
  expect(await authentication().getAccessToken()).toBe(session.accessToken)
  expect(issuer.forms.length).toBe(before)
})

test('an access token that is over is replaced, once for all callers', async () => {
  const session = await expiredSession()
  const before = issuer.forms.length
  const { getAccessToken } = authentication()
  const tokens = await Promise.all([getAccessToken(), getAccessToken(), getAccessToken()])
  expect(new Set(tokens).size).toBe(1)
  expect(tokens[0]).not.toBe(session.accessToken)
  expect(store.getSnapshot()?.accessToken).toBe(tokens[0])
  expect(issuer.forms.length).toBe(before + 1)
})

test('without a refresh token the session is over with its access token', async () => {
  const { refreshToken: _, ...session } = await expiredSession()
  await store.setSession(session)
  const asked = vi.spyOn(AuthConnect, 'refreshSession')
  expect(await authentication().isAuthenticated()).toBe(false)
  expect(store.getSnapshot()).toBeNull()
  expect(asked).not.toHaveBeenCalled()
  asked.mockRestore()
})

test('a refusal ends the session', async () => {
  await expiredSession()
  issuer.fault = { token: 'invalid_grant' }
  expect(await authentication().getAccessToken()).toBeUndefined()
  expect(store.getSnapshot()).toBeNull()
})

test('a failure that may pass keeps the session and tells the caller', async () => {
  const session = await expiredSession()
  issuer.fault = { token: 'unavailable' }
  const { getAccessToken, isAuthenticated } = authentication()
  await expect(getAccessToken()).rejects.toMatchObject({ code: 'unavailable', temporary: true })
  expect(await isAuthenticated()).toBe(true)
  expect(store.getSnapshot()).toBe(session)
})

test('a failure that may pass ends the session where that was chosen', async () => {
  await expiredSession()
  issuer.fault = { token: 'unavailable' }
  const { getAccessToken } = authentication({ failurePolicy: 'discard' })
  expect(await getAccessToken()).toBeUndefined()
  expect(store.getSnapshot()).toBeNull()
})

test('an access token that ends soon is replaced before, and serves on if that fails', async () => {
  const session = await signIn(provider, issuer)
  await store.setSession(session)
  issuer.fault = { token: 'unavailable' }
  const { getAccessToken } = authentication({ refreshWithinMs: 10_000, failurePolicy: 'discard' })
  expect(await getAccessToken()).toBe(session.accessToken)
  issuer.fault = {}
  const next = await vi.waitUntil(
    async () => {
      const token = await getAccessToken()
      return token === session.accessToken ? undefined : token
    },
    { timeout: 20_000 },
  )
  expect(next).toBe(store.getSnapshot()?.accessToken)
}, 30_000)

test('whoever signs in or out during a refresh is not overwritten by it', async () => {
  await expiredSession()
  let answer = (): void => undefined
  issuer.fault = { slow: new Promise((resolve) => (answer = resolve)) }
  const before = issuer.forms.length
  const refreshing = authentication().refreshIfExpired()
  await vi.waitUntil(() => issuer.forms.length > before)
  await store.setSession(null)
  answer()
  await refreshing
  expect(store.getSnapshot()).toBeNull()
})

test('signing out forgets the session, revokes it and leaves for the provider', async () => {
  const assign = vi.fn()
  vi.stubGlobal('location', { href: 'http://localhost/', assign })
  const session = await signIn(provider, issuer)
  await store.setSession(session)
  const { logout } = authentication()
  await logout()
  expect(store.getSnapshot()).toBeNull()
  const left = new URL(String(assign.mock.calls[0]?.[0]))
  expect(left.pathname).toBe('/logout')
  expect(left.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost/signed-out')
  expect(left.searchParams.get('id_token_hint')).toBe(session.idToken)
  await vi.waitUntil(() => issuer.revoked.includes(String(session.refreshToken)))
  await logout()
  expect(assign).toHaveBeenCalledTimes(1)
})

test('a callback signs in, and one without an answer was a sign-out', async () => {
  const { handleAuthCallback } = authentication()
  const onLogoutCallback = vi.fn()
  await AuthConnect.setup({ ...CONFIG, onLogoutCallback })
  await store.setSession(await signIn(provider, issuer))
  await handleAuthCallback('http://localhost/callback')
  expect(store.getSnapshot()).toBeNull()
})

test('axios shows the API a token that is good', async () => {
  const session = await expiredSession()
  const client = createInterceptors(authentication()).attachTo(
    axios.create({ baseURL: issuer.url }),
  )
  await client.get('/api')
  expect(issuer.shown.at(-1)).toBe(`Bearer ${store.getSnapshot()?.accessToken}`)
  expect(issuer.shown.at(-1)).not.toBe(`Bearer ${session.accessToken}`)
})

test('a 401 ends the session and stays an error', async () => {
  await store.setSession(await signIn(provider, issuer))
  issuer.accepted.clear()
  const onSignedOut = vi.fn()
  const client = createInterceptors(authentication(), { onSignedOut }).attachTo(
    axios.create({ baseURL: issuer.url }),
  )
  await expect(client.get('/api')).rejects.toMatchObject({ response: { status: 401 } })
  expect(store.getSnapshot()).toBeNull()
  expect(onSignedOut).toHaveBeenCalledTimes(1)
})

test('a late 401 about an older token does not end the session', async () => {
  const session = await signIn(provider, issuer)
  await store.setSession(session)
  issuer.accepted.clear()
  const interceptors = createInterceptors(authentication())
  const client = axios.create({ baseURL: issuer.url })
  client.interceptors.request.use((config) => interceptors.request(config))
  const late = client.get('/api').catch((error: unknown) => error)
  const error = await late
  const next = await AuthConnect.refreshSession(provider, session)
  await store.setSession(next)
  await interceptors.rejected(error).catch(() => undefined)
  expect(store.getSnapshot()).toBe(next)
})

test('a failure of the refresh keeps the request from going out', async () => {
  await expiredSession()
  issuer.fault = { token: 'unavailable' }
  const client = createInterceptors(authentication()).attachTo(
    axios.create({ baseURL: issuer.url }),
  )
  const before = issuer.shown.length
  await expect(client.get('/api')).rejects.toMatchObject({ code: 'unavailable' })
  expect(issuer.shown.length).toBe(before)
  expect(store.getSnapshot()).not.toBeNull()
})

test('no other origin is shown the token', async () => {
  await store.setSession(await signIn(provider, issuer))
  const other = await startIssuer()
  const client = createInterceptors(authentication()).attachTo(
    axios.create({ baseURL: issuer.url, validateStatus: () => true }),
  )
  await client.get(`${other.url}/api`)
  const send = createFetch(authentication(), { allowedOrigins: [issuer.url] })
  await send(`${other.url}/api`)
  expect(other.shown).toEqual([undefined, undefined])
  await send(`${issuer.url}/api`)
  expect(issuer.shown.at(-1)).toMatch(/^Bearer at-/)
  await other.stop()
})
