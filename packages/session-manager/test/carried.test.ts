/** What a change of the import keeps, and what the manager does beyond the original. */
import * as Original from '@toruslabs/session-manager'
import { afterEach, expect, test, vi } from 'vitest'

import * as Ours from '../src/index.js'
import { same } from './support/both.js'
import { Browser, closeAll, NOTHING } from './support/tabs.js'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await closeAll()
})

/** A token that says when it was made and when it ends. */
function jwt(life: number, age = 0): string {
  const iat = Math.floor(Date.now() / 1000) - age
  return `e30.${btoa(JSON.stringify({ iat, exp: iat + life }))}.e30`
}

test('what the original stored goes on, and the original goes on with what ours stored', async () => {
  const browser = await Browser.open(Ours)
  const options = { apiClientConfig: { baseURL: browser.server.url }, storage: browser.stores }
  const theirs = () => new Original.AuthSessionManager(options)
  await theirs().setTokens(browser.server.signIn('ada'))
  const { session, api } = browser.tab()
  expect(await session.authorize()).toEqual({ user: 'ada' })
  expect(session.isAuthenticated()).toBe(true)
  expect(await api()).toEqual({ user: 'ada' })
  expect(await theirs().authorize()).toEqual({ user: 'ada' })
  expect(await session.authorize()).toEqual({ user: 'ada' })
})

same('sends what the server expects', async (library) => {
  const browser = await Browser.open(library)
  const { server } = browser
  const { session } = browser.tab()
  const { accessToken, refreshToken, ...rest } = server.signIn('ada')
  await session.setTokens({ ...rest, accessToken, refreshToken })
  await session.authorize()
  await session.logout()
  await session.logout()
  expect(server.asked).toEqual([
    { path: '/v1/auth/session', accessToken, refreshToken },
    { path: '/v1/auth/logout', accessToken: 'AT-ada-2', refreshToken: 'RT-ada-2' },
    { path: '/v1/auth/logout', accessToken: '', refreshToken: undefined },
  ])
  expect(await browser.kept()).toEqual(NOTHING)
  expect(await session.getState()).toEqual({ isAuthenticated: false, sessionId: null })
})

same('a session with an access token alone goes on', async (library) => {
  const browser = await Browser.open(library)
  const { refreshToken, ...rest } = browser.server.signIn('ada')
  expect(refreshToken).toBe('RT-ada-1')
  const { session } = browser.tab()
  await session.setTokens(rest)
  expect(await session.authorize()).toEqual({ user: 'ada' })
})

same('needs to know the server, and tokens', async ({ AuthSessionManager, MemoryStorage }) => {
  const storage = {
    sessionId: new MemoryStorage(),
    accessToken: new MemoryStorage(),
    refreshToken: new MemoryStorage(),
    idToken: new MemoryStorage(),
  }
  const none = new AuthSessionManager({ storage })
  for (const asked of [none.authorize(), none.ensureRefresh(), none.logout()]) {
    await expect(asked).rejects.toHaveProperty('code', 'INVALID')
  }
  await none.setTokens({ accessToken: 'token' })
  expect(await none.getAccessToken()).toBe('token')
  expect(await none.getRefreshToken()).toBeNull()
  await expect(none.setTokens({ sessionId: '0xnone' })).rejects.toThrow('must be a hex string')
  await none.clearSessionData()
  const here = new AuthSessionManager({
    storage,
    apiClientConfig: { baseURL: 'http://127.0.0.1:9' },
  })
  await expect(here.ensureRefresh()).rejects.toHaveProperty('code', 'EXPIRED')
})

test('a token that says that it is over is refreshed before it is sent', async () => {
  const browser = await Browser.open(Ours)
  const { session, api } = browser.tab()
  await session.setTokens({ ...browser.server.signIn('ada'), accessToken: jwt(60, 90) })
  expect(await api()).toEqual({ user: 'ada' })
  expect(browser.server.asked.map(({ path }) => path)).toEqual(['/v1/auth/session', '/api'])
})

test('a token that is over is still given where it cannot be refreshed now', async () => {
  const browser = await Browser.open(Ours)
  const over = jwt(60, 90)
  const { session } = browser.tab()
  await session.setTokens({ ...browser.server.signIn('ada'), accessToken: over })
  browser.server.broken.set('/v1/auth/session', 503)
  expect(await session.getAccessToken()).toBe(over)
})

test('an outage is told to whoever asks for it, and the next time it is over', async () => {
  const browser = await Browser.open(Ours)
  const { session } = browser.tab({ throwWhenUnavailable: true })
  await session.setTokens(browser.server.signIn('ada'))
  browser.server.broken.set('/v1/auth/session', 503)
  const outcome = await session.authorize().catch((cause: unknown) => cause)
  expect(outcome).toMatchObject({ code: 'NETWORK', temporary: true })
  browser.server.broken.delete('/v1/auth/session')
  const next = browser.tab({ throwWhenUnavailable: true }).session
  expect(await next.authorize()).toEqual({ user: 'ada' })
})

test('data that open with another session id leave the tokens', async () => {
  const browser = await Browser.open(Ours)
  const { session } = browser.tab({ throwWhenUnavailable: true })
  const { sessionId } = browser.server.signIn('eve')
  await session.setTokens({ ...browser.server.signIn('ada'), sessionId })
  await expect(session.authorize()).rejects.toHaveProperty('code', 'DECRYPT_FAILED')
  expect((await browser.kept())['refreshToken']).toMatch(/^RT-ada/)
})

test('a request of one person is not repeated with the token of another', async () => {
  const browser = await Browser.open(Ours)
  const { server } = browser
  const { session, api } = browser.tab()
  await session.setTokens(server.signIn('ada'))
  server.expireAccessTokens()
  const answer = server.hold('/slow')
  const slow = api('/slow').catch((cause: unknown) => cause)
  await vi.waitUntil(() => server.times('/slow') > 0)
  await session.setTokens(server.signIn('eve'))
  answer()
  expect(await slow).toHaveProperty('code', 'SESSION_EXPIRED')
  expect(await api()).toEqual({ user: 'eve' })
})

test('a refusal ends the session for good', async () => {
  const browser = await Browser.open(Ours)
  const { session } = browser.tab()
  await session.setTokens({ ...browser.server.signIn('ada'), refreshToken: 'stolen' })
  expect(await session.authorize()).toBeNull()
  expect(await browser.kept()).toEqual(NOTHING)
})
